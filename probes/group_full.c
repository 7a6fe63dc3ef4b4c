/* SPDX-License-Identifier: MIT */
/*
 * Who belongs to a group, and who receives: every flag, device, kind and program beside every
 * other. Larger products of the questions of group.c.
 */
#include "group.h"

#define FLAGS "{,reuseaddr,reuseport,reuseaddr reuseport}"
#define REUSEPORT "{reuseport,reuseaddr reuseport}"
#define LATE "{,reuseport,reuseport=0}"
#define STEER "steer{,_ebpf}={0,1,2,3,65535,mod:1,mod:2,mod:3,mod:7,cpu}"

/* A matrix begins at the margin, as in a .cases file. */
/* clang-format off */
const char *const ft_group_full[] = {
	/* Flags before bind(), before listen(), after it, of both, found by index. */
	"a {tcp4,tcp6} " FLAGS " bind lo:p " LATE " listen " LATE "; b {1} " FLAGS " bind "
	"lo:p " LATE
	" listen " LATE "; a steer=1; c {1} connect lo:p",
	/* Three with all flags. */
	"a {tcp4,tcp6} " FLAGS " bind lo:p listen; b {1} " FLAGS " bind lo:p listen; d {1} " FLAGS
	" bind lo:p listen; a steer={1,2}; c {1} connect lo:p",
	"a {udp4,udp6} " FLAGS " bind lo:p; b {1} " FLAGS " bind lo:p; d {1} " FLAGS " bind lo:p; "
	"a steer={1,2}; c {1} send lo:p",
	/* Four kinds of wildcard and address in every order, a client of each. */
	"a {tcp4 reuseport bind {any,lo},tcp6 reuseport bind {any,lo4}}:p listen; "
	"b {tcp4 reuseport bind {any,lo},tcp6 reuseport bind {any,lo4}}:p listen; "
	"d {tcp4 reuseport bind {any,lo},tcp6 reuseport bind {any,lo4}}:p listen; a steer={1,2}; "
	"c {tcp4 connect lo,tcp6 connect {lo,lo4}}:p",
	"a {udp4 reuseport bind {any,lo},udp6 reuseport bind {any,lo4}}:p; "
	"b {udp4 reuseport bind {any,lo},udp6 reuseport bind {any,lo4}}:p; "
	"d {udp4 reuseport bind {any,lo},udp6 reuseport bind {any,lo4}}:p; a steer={1,2}; "
	"c {udp4 send lo,udp6 send {lo,lo4}}:p",
	/* Programs over families that are two groups. */
	"a {udp4,udp6} reuseport bind {any,any4}:p; b {udp4,udp6} reuseport bind {any,any4}:p; "
	"d {udp4,udp6} reuseport bind {any,any4}:p; {a,d} steer={0,1,2,mod:2,mod:3}; "
	"c {udp4 send=1 lo,udp6 send=1 {lo,lo4}}:p",
	"a {udp4,udp6} reuseport bind lo:p; b {1} reuseport bind lo:p; d {1} reuseport bind lo:p; "
	"f {1} reuseport bind lo:p; {a,b,f} " STEER "; c {1} send={0,1,2,3,6,255} lo:p",
	/* Programs in a row. */
	"a {tcp4,tcp6} reuseport bind lo:p listen; b {1} reuseport bind lo:p listen; d {1} "
	"reuseport "
	"bind lo:p listen; {a,d} {steer,steer_ebpf}={0,1,2,7}; c {1} connect lo:p; "
	"{a,d} {steer=0,steer_ebpf=1,steer=7,unsteer}; f {1} connect lo:p",
	/* Mapped sockets beside those of IPv4. */
	"a tcp6 reuseport bind {lo4,any4}:p listen; b tcp6 reuseport bind {lo4,any4}:p listen; "
	"d tcp4 reuseport bind {any,lo}:p listen; a steer=1; c {tcp4 connect lo,tcp6 connect "
	"lo4}:p",
	"a udp6 reuseport bind {lo4,any4}:p; b udp6 reuseport bind {lo4,any4}:p; "
	"d udp4 reuseport bind {any,lo}:p; a steer=1; c {udp4 send lo,udp6 send lo4}:p",
	/* Wildcard members that connect, and come back. */
	"a {udp4,udp6} reuseport bind any:p; b {1} reuseport bind any:p; d {1} reuseport bind "
	"any:p; "
	"{a,b,d} connect {lo,lo2}:q; {,{2} disconnect; }c {1} bind lo:q send lo:p; f {1} send "
	"lo2:p; "
	"f send lo:p",
	/* More than ten on a port, which bind() looks at by address. */
	"a1 udp4 reuseport bind lo:p; a2 udp4 reuseport bind lo:p; a3 udp4 reuseport bind lo:p; "
	"a4 udp4 reuseport bind lo:p; a5 udp4 reuseport bind lo:p; a6 udp4 reuseport bind lo:p; "
	"a7 udp4 reuseport bind lo:p; a8 udp4 reuseport bind lo:p; a9 udp4 reuseport bind lo:p; "
	"a10 udp4 reuseport bind lo:p; a11 udp4 reuseport bind lo:p; a12 udp4 reuseport bind "
	"any:p; "
	"a13 udp4 reuseport bind lo:p; a1 steer={0,5,9,10,11,12,13}; c udp4 send {lo,lo2}:p",
	/* CPUs, set before and after joining, and programs beside them. */
	"cpu {0,1}; a {tcp4,tcp6} reuseport {,incoming_cpu=0,incoming_cpu=1} bind lo:p; "
	"b {2} reuseport {,incoming_cpu=0,incoming_cpu=1} bind lo:p; {a,b} listen; {a,b} listen; "
	"{,b incoming_cpu=-1; ,b incoming_cpu=1; }c {2} connect lo:p",
	"cpu {0,1}; a {udp4,udp6} reuseport {,incoming_cpu=0,incoming_cpu=1} bind lo:p "
	"{,incoming_cpu=-1,incoming_cpu=1}; b {2} reuseport {,incoming_cpu=0,incoming_cpu=1} bind "
	"lo:p "
	"{,incoming_cpu=-1,incoming_cpu=1}; {,{a,b} connect lo:q; }c {2} send lo:p",
	"cpu {0,1}; a {tcp4,tcp6} reuseport {incoming_cpu=0,incoming_cpu=1} bind lo:p listen; "
	"b {2} reuseport {,incoming_cpu=0,incoming_cpu=1} bind lo:p listen; "
	"d {2} reuseport {,incoming_cpu=0,incoming_cpu=1} bind lo:p listen; {a,b,d} close; "
	"c {2} connect lo:p; cpu {0,1}; f {2} connect lo:p",
	NULL,
};
/* clang-format on */
