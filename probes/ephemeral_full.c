/* SPDX-License-Identifier: MIT */
/*
 * Which port does the kernel choose, and who shares it: the larger products.
 *
 * One port, a holder and a second socket with all flags each; see ephemeral.c for the rules.
 */
#include "ephemeral.h"

/* A matrix begins at the margin, as in a .cases file. */
/* clang-format off */
const char *const ft_ephemeral_full[] = {
	/* All flags of the two, ip_autobind_reuse off and on. */
	FT_ONE_PORT "sysctl ip_autobind_reuse={0,1}; " FT_LISTENER4 "a tcp4 " FT_FLAGS " {bind "
	"lo:0,"
	"bind any:0,listen,bind lo:0 listen,bind lo:40000,bind lo2:40000,connect lo:q,"
	"bind lo:0 connect lo:q,bind_address_no_port bind lo:0 connect lo:q}; b tcp4 " FT_FLAGS
	" {bind lo:0,bind any:0,listen,connect lo:q,connect lo2:q,"
	"bind_address_no_port bind lo:0 connect lo2:q}",
	FT_ONE_PORT FT_LISTENER6 "a tcp{4,6} " FT_FLAGS " {bind lo4:0,bind any:0,listen,"
	"bind any:40000,connect lo4:q}; b tcp{4,6} " FT_FLAGS " {bind lo4:0,bind any:0,"
	"connect lo4:q}",
	FT_ONE_PORT "sysctl ip_autobind_reuse=1; a tcp{4,6} {reuseaddr,reuseaddr reuseport} "
	"{bind lo4:0,bind any:0,bind any4:0,listen}; b tcp{4,6} {reuseaddr,reuseaddr reuseport} "
	"{bind lo4:0,bind any:0,bind any4:0,listen}",
	FT_ONE_PORT "a udp{4,6} " FT_FLAGS " {bind any:0,connect lo:q,bind lo:0,bind lo4:0}; "
	"b udp{4,6} " FT_FLAGS " {bind any:0,connect lo:q,send lo:q}",
	/* The flags of those that come and go on a port that connect() shares. */
	FT_ONE_PORT FT_LISTENER4 "c tcp4 {,reuseaddr} connect lo:q; x tcp4 "
	"{,reuseaddr,reuseport} "
	"bind {lo,lo2,any}:40000 {,listen,connect lo3:q}; d tcp4 connect lo2:q; x {close,"
	"linger=0 close,disconnect}; f tcp4 connect lo2:q; g tcp4 bind_address_no_port bind "
	"lo2:0 "
	"connect lo2:q",
	/* Three owners that leave one after the other, of which connect() moves some. */
	FT_ONE_PORT FT_LISTENER4
	"c tcp4 reuseaddr {connect lo:q,bind_address_no_port bind lo2:0 connect lo:q,"
	"bind lo:0 connect lo:q,bind any:0 connect lo:q}; e tcp4 reuseaddr {connect lo2:q,"
	"bind lo2:40000,bind any:40000}; x tcp4 reuseaddr bind {any,lo}:40000 connect lo3:q; "
	"e {linger=0 close,close,disconnect}; d tcp4 connect 127.0.0.9:q; "
	"{c,x} {linger=0 close,close,disconnect}; f tcp4 connect 127.0.0.10:q",
	FT_ONE_PORT FT_LISTENER4
	"c tcp4 reuseaddr connect lo:q; e tcp4 reuseaddr connect lo2:q; "
	"m tcp4 reuseaddr bind any:40000 listen; k tcp4 bind lo:r connect {lo,lo2}:40000; "
	"m accept s; m close; {e,c} linger=0 close; d tcp4 connect 127.0.0.9:q; "
	"{k,s} linger=0 close; d connect 127.0.0.9:q",
	/* MPTCP as a holder and as the second. */
	FT_ONE_PORT FT_LISTENER4 "a {tcp4,mptcp4} {,reuseaddr} {bind lo:0,bind lo:40000,listen,"
	"connect lo:q,bind_address_no_port bind lo:0 connect lo:q}; b {tcp4,mptcp4} {,reuseaddr} "
	"{bind lo:0,listen,connect lo:q,connect lo2:q}",
	/* Two users, two devices. */
	FT_ONE_PORT "sysctl ip_autobind_reuse={0,1}; {as 1000 a,a} tcp4 " FT_FLAGS " bind "
	"lo:{0,40000}; "
	"{as 1000 b,b} tcp4 " FT_FLAGS " bind lo:{0,40000}",
	FT_ONE_PORT "a {tcp4,udp4} {,reuseaddr} {,bindtodevice=lo,bindtodevice=eth} bind any:0; "
	"b {1} {,reuseaddr} {,bindtodevice=lo,bindtodevice=eth} {bind any:0,connect lo:q,"
	"connect eth:q}",
	/* TIME_WAIT by side, sysctl, timestamps and time. */
	FT_ONE_PORT "sysctl tcp_tw_reuse={0,1,2}; sysctl tcp_timestamps={0,1}; " FT_LISTENER4
	"a tcp4 {,reuseaddr} {,bind_address_no_port bind lo:0} connect lo:q; l accept s; "
	"{a close; s close,s close; a close,a close}; {,wait 1.1s;} b tcp4 connect lo:q; "
	"c tcp4 connect lo2:q; d tcp4 bind lo:0; f tcp4 reuseaddr bind lo:0",
	NULL,
};
/* clang-format on */
