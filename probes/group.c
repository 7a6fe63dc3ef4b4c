/* SPDX-License-Identifier: MIT */
/*
 * Who belongs to a SO_REUSEPORT group, and which member gets a connection or a datagram?
 *
 * The rules, as the kernel has them today:
 *  1. A socket with the flag joins at listen() (TCP, MPTCP) or bind() (UDP) the group of a socket
 *     that has it too and the same family, address, v6only, device and owner, as they are then
 *     (inet_reuseport_add_sock(), udp_reuseport_add_sock()). Sharing the port is not enough: what
 *     may be bound is bind()'s business, and several groups may live on one port.
 *  2. The flag makes no member and unmakes none: set late it counts when the next one joins,
 *     cleared late the socket stays (reuseport_alloc(), reuseport_detach_sock()).
 *  3. Look-ups walk the list of sockets, and the first one that has the flag and a group ends the
 *     walk: the group decides. No score is compared beyond it, nor a device
 *     (inet_lhash2_lookup(), udp4_lib_lookup2()).
 *  4. Members stand in an array in the order in which they joined. Without a program the place is
 *     the hash of the 4-tuple, times the number of members, divided by 2^32 (reciprocal_scale(),
 *     reuseport_select_sock()): each is picked with a probability of 1/n, to within 2^-32, and
 *     the same 4-tuple picks the same place. The hash is keyed at random once per boot.
 *  5. When a member leaves, the last one takes its place (__reuseport_detach_sock()). One member
 *     more or less moves half of all 4-tuples to another member, not one in n.
 *  6. A classic or extended BPF program returns the place (socket(7), SO_ATTACH_REUSEPORT_CBPF,
 *     SO_ATTACH_REUSEPORT_EBPF). A place that nobody has means the hash: nothing is dropped.
 *     The program is the group's: any member may replace or detach it, it outlives all of them
 *     but the last, and whoever joins later is numbered after those who are there.
 *  7. Attached before bind() it makes a group of one, with which a socket may start a group but
 *     join none: bind() is refused (inet_csk_bind_conflict(), udp_lib_lport_inuse()).
 *  8. As soon as one member has SO_INCOMING_CPU, the first one from the hash's place on that is
 *     set to this CPU gets the packet; if there is none, the hash's place (b261eda84ec1, 6.2).
 *  9. A UDP member that connects leaves the group. It is preferred for its peer, and passed over
 *     for everybody else (acdcecc61285, 5.4).
 * 10. IPv4 and dual-stack sockets are two groups: v4 traffic goes to the v4 group as long as there
 *     is one, v6 traffic to the other.
 * 11. MPTCP listeners form groups as TCP ones do, and take no program.
 * 12. Nobody asks whether a member still reads. One that is kept open, and one whose queue is
 *     full, gets its share all the same.
 */
#include "group.h"

#define FLAGS "{,reuseaddr,reuseport,reuseaddr reuseport}"
#define REUSEPORT "{reuseport,reuseaddr reuseport}"
#define LATE "{,reuseport,reuseport=0}"
#define DEVICE "{,bindtodevice=lo}"
/* Every kind of address, on a device or not. */
#define KINDS(proto)                                                                  \
	"{" proto "4 reuseport " DEVICE " bind {any,lo}," proto "6 reuseport " DEVICE \
	" {v6only bind any,bind {any,lo,lo4,any4}}}:p"
/* Three that join one after the other. */
#define THREE(proto, same)                                                         \
	"a " proto " reuseport bind lo:p; b " same " reuseport bind lo:p; d " same \
	" reuseport bind lo:p; "
#define THREE_LISTEN(proto, same)                                                                \
	"a " proto " reuseport bind lo:p listen; b " same " reuseport bind lo:p listen; d " same \
	" reuseport bind lo:p listen; "
#define PLACES "{0,1,2,3,65535}"
#define PROGRAMS "{0,1,2,3,65535,mod:1,mod:2,mod:3,mod:7,cpu}"

/* A matrix begins at the margin, as in a .cases file. */
/* clang-format off */
static const char *const matrices[] = {
	/* Rule 1: place 1 of a's group is b's if b has joined it. Every kind beside every other. */
	"a " KINDS("tcp") " listen; b " KINDS("tcp") " listen; a steer=1; "
	"c {tcp4 connect {lo,lo2},tcp6 connect {lo,lo4}}:p",
	"a " KINDS("udp") "; b " KINDS("udp") "; a steer=1; c {udp4 send {lo,lo2},udp6 send "
	"{lo,lo4}}:p",
	/* Said in full: bound is not listening, v6only, devices, users. */
	"a {tcp4,tcp6} " REUSEPORT " bind {any,lo}:p listen; b {1} " REUSEPORT " bind {3}:p "
	"listen; "
	"a steer=1; c {1} connect lo:p => c.connect=ok>b",
	"a {udp4,udp6} " REUSEPORT " bind {any,lo}:p; b {1} " REUSEPORT " bind {3}:p; a steer=1; "
	"c {1} send lo:p => c.send=ok>b",
	"a {tcp4,tcp6} reuseport bind lo:p listen; b {1} reuseport bind lo:p; a steer=1; "
	"c {1} connect lo:p; b listen; d {1} connect lo:p => c.connect=ok>a d.connect=ok>b",
	"a tcp6 v6only reuseport bind any:p listen; b tcp6 reuseport bind any:p listen; a steer=1; "
	"c tcp6 connect lo:p; d tcp4 connect lo:p => c.connect=ok>a d.connect=ok>b",
	"a udp4 reuseport bind any:p; b udp4 reuseport bind lo:p; a steer=1; c udp4 send lo2:p; "
	"c send lo:p => c.send=ok>a c.send.2=ok>b",
	/* A reuseport socket of another user cannot even be bound; with reuseaddr UDP lets it, and
	 * each user has a group. Owners are those of the sockets, and fchown() changes them. */
	"as 1000 a {tcp4,tcp6,udp4,udp6} " REUSEPORT " bind lo:p; as {1000,1001} b {1} " REUSEPORT
	" bind lo:p; as 1000 d {1} " REUSEPORT " bind lo:p",
	"as 1000 a udp4 reuseaddr reuseport bind lo:p; as 1001 b udp4 reuseaddr reuseport bind "
	"lo:p; "
	"as 1000 d udp4 reuseaddr reuseport bind lo:p; a steer=1; c udp4 send lo:p"
	" => b.bind=ok d.bind=ok c.send=ok>d",
	"a udp4 reuseaddr reuseport bind lo:p; as 1000 b udp4 reuseaddr reuseport bind lo:p; "
	"c udp4 send lo:p; b close; c send lo:p => c.send=ok>b c.send.2=ok>a",
	"a udp6 reuseaddr reuseport bind lo:p; as 1000 b udp6 reuseaddr reuseport bind lo:p; "
	"c udp6 send lo:p; a close; c send lo:p => c.send=ok>a c.send.2=ok>b",
	"a {tcp4,tcp6} {,fchown=1000} reuseport {,fchown=1000} bind lo:p {,fchown=1000} listen "
	"{,fchown=1000}; b {1} {,fchown=1000} reuseport bind lo:p {,fchown=1000} listen; a "
	"steer=1; "
	"c {1} connect lo:p",
	"a {udp4,udp6} {,fchown=1000} " REUSEPORT " bind lo:p {,fchown=1000}; b {1} "
	"{,fchown=1000} {3} "
	"bind lo:p; a steer=1; c {1} send lo:p",
	/* The device at the moment of joining. */
	"a tcp{4,6} reuseport " DEVICE " bind any:p {,bindtodevice=lo,bindtodevice=none} listen "
	"{,bindtodevice=lo,bindtodevice=none}; b tcp{1} reuseport " DEVICE " bind any:p "
	"{,bindtodevice=lo,bindtodevice=none} listen; a steer=1; c tcp{1} connect lo:p",
	"a udp{4,6} reuseport " DEVICE " bind any:p {,bindtodevice=lo,bindtodevice=none}; "
	"b udp{1} reuseport " DEVICE " bind any:p; {,a steer=1; }c udp{1} send lo:p",
	"a udp{4,6} reuseport bind lo:p bindtodevice=lo steer=0 => a.steer=EINVAL",

	/* Rule 2: flags before bind(), before listen(), after it, of both. */
	"a tcp4 " FLAGS " bind lo:p " LATE " listen " LATE "; b tcp4 " FLAGS " bind lo:p " LATE " "
	"listen "
	LATE "; a steer=1; c tcp4 connect lo:p",
	"a udp{4,6} " FLAGS " bind lo:p " LATE "; b udp{1} " FLAGS " bind lo:p " LATE "; a "
	"steer=1; "
	"c udp{1} send lo:p",
	"a tcp4 bind lo:p listen reuseport; b tcp4 reuseport bind lo:p listen steer=0; "
	"c tcp4 connect lo:p; b steer=1; d tcp4 connect lo:p => c.connect=ok>a d.connect=ok>b",
	"a udp{4,6} bind lo:p reuseport; b udp{1} reuseport bind lo:p steer=0; c udp{1} send lo:p; "
	"b steer=1; c send lo:p => c.send=ok>a c.send.2=ok>b",
	"a {tcp4,udp4} bind lo:p reuseport steer=0",
	"a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo:p listen; a reuseport=0 "
	"steer=0; "
	"c tcp4 connect lo:p; a steer=1; d tcp4 connect lo:p => c.connect=ok>a d.connect=ok>b",
	/* The one that is found first has no flag any more: it gets all, and the group nothing. */
	"a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo:p listen; b reuseport=0; "
	"c tcp4 connect lo:p; d tcp4 connect lo:p => c.connect=ok>b d.connect=ok>b",
	"a udp4 reuseport bind lo:p; b udp4 reuseport bind lo:p; b reuseport=0; c udp4 send lo:p; "
	"d udp4 send lo:p => c.send=ok>b d.send=ok>b",

	/* Rule 3: the group of the first one found decides, though another one would fit better.
	 * Found first is the newest of IPv4, the oldest of IPv6. */
	"a tcp4 bindtodevice=lo reuseport bind any:p listen; b tcp4 reuseport bind any:p listen; "
	"c tcp4 connect lo:p => c.connect=ok>b",
	"a udp4 bindtodevice=lo reuseport bind any:p; b udp4 reuseport bind any:p; c udp4 send lo:p"
	" => c.send=ok>b",
	"a udp6 reuseport bind any:p; b udp6 bindtodevice=lo reuseport bind any:p; c udp6 send lo:p"
	" => c.send=ok>a",
	"a {tcp4,tcp6} reuseport {,bindtodevice=lo,incoming_cpu=0} bind any:p listen "
	"{,reuseport=0}; "
	"b {1} reuseport {,bindtodevice=lo,incoming_cpu=0} bind any:p listen {,reuseport=0}; "
	"cpu 0; c {1} connect lo:p; d {1} connect lo:p",
	"a {udp4,udp6} reuseport {,bindtodevice=lo,incoming_cpu=0} bind any:p {,reuseport=0}; "
	"b {1} {reuseport,reuseaddr reuseport} {,bindtodevice=lo,incoming_cpu=0} bind any:p "
	"{,reuseport=0}; cpu 0; c {1} send lo:p",
	/* Without the flag it is the score again: device, CPU, family. */
	"a tcp4 reuseport bindtodevice=lo bind lo:p listen reuseport=0; b tcp4 reuseport bind lo:p "
	"listen reuseport=0; c tcp4 connect lo:p => b.listen=ok c.connect=ok>a",
	"cpu 1; a tcp4 reuseport incoming_cpu=1 bind lo:p listen reuseport=0; b tcp4 reuseport "
	"bind "
	"lo:p listen reuseport=0; c tcp4 connect lo:p => c.connect=ok>a",
	"a tcp4 bindtodevice=eth bind any:p listen; b tcp6 bindtodevice=lo bind any:p listen; "
	"a bindtodevice=none; b bindtodevice=none; c tcp4 connect lo:p => c.connect=ok>a",

	/* Rule 4: any of them, and the same 4-tuple the same one. */
	THREE_LISTEN("{tcp4,tcp6,mptcp4,mptcp6}", "{1}") "c {1} connect lo:p; f {1} connect lo:p; "
	"g {1} connect lo:p => c.connect=ok>a|b|d f.connect=ok>a|b|d g.connect=ok>a|b|d",
	THREE("{udp4,udp6}", "{1}") "c {1} send lo:p; f {1} send lo:p; g {1} send lo:p; c send lo:p"
	" => c.send=ok>a|b|d f.send=ok>a|b|d g.send=ok>a|b|d c.send.2=ok>a|b|d",
	"a {tcp4,tcp6} reuseport bind {any,lo}:p listen; b {1} reuseport bind {2}:p listen; "
	"d {1} reuseport bind {2}:p listen; c {1} bind {lo,lo2,any}:q connect lo:p linger=0 close; "
	"c {1} bind {lo,lo2,any}:q connect lo:p linger=0 close; "
	"c {1} bind {4}:q connect lo:p linger=0 close",
	"a {udp4,udp6} reuseport bind {any,lo}:p; b {1} reuseport bind {2}:p; d {1} reuseport "
	"bind {2}:p; "
	"c {1} bind {lo,lo2,any}:q send lo:p; f {1} bind lo3:q send lo:p; c send lo:p; f send lo:p",
	/* A group on the wildcard does not hash the address that was dialled. */
	"a {tcp4,tcp6} reuseport bind any:p listen; b {1} reuseport bind any:p listen; "
	"d {1} reuseport bind any:p listen; c {1} bind {lo,lo2}:q connect lo:p linger=0 close; "
	"c {1} bind {2}:q connect {lo,lo2,lo3}:p linger=0 close; c {1} bind {2}:q connect lo2:p",
	"a {udp4,udp6} reuseport bind any:p; b {1} reuseport bind any:p; d {1} reuseport bind "
	"any:p; "
	"c {1} bind {lo,lo2}:q send lo:p; c send lo2:p; c send lo3:p",

	/* Rule 5: by index, who stands where when one has left and another has come. */
	THREE_LISTEN("{tcp4,tcp6}", "{1}") "a steer=" PLACES "; {a,b,d} "
	"{close,shutdown=rd,disconnect}; "
	"c {1} connect lo:p; g {1} reuseport bind lo:p listen; h {1} connect lo:p",
	THREE_LISTEN("{tcp4,tcp6}", "{1}") "a steer={0,1,2}; {a,b,d} "
	"{shutdown=rd,shutdown=rdwr,disconnect} "
	"listen; c {1} connect lo:p",
	THREE("{udp4,udp6}", "{1}") "a steer=" PLACES "; {a,b,d} {close,connect "
	"lo:q,bindtodevice=lo}; "
	"c {1} send lo:p; g {1} reuseport bind lo:p; c send lo:p",
	THREE("udp4", "udp4") "a steer={0,1,2}; {a,b,d} connect lo:q disconnect; c udp4 send lo:p",
	"a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo:p listen; d tcp4 reuseport "
	"bind "
	"lo:p listen; a steer=0; c tcp4 connect lo:p; a close; f tcp4 connect lo:p"
	" => c.connect=ok>a f.connect=ok>d",
	/* A second descriptor keeps the member. */
	THREE_LISTEN("{tcp4,tcp6}", "{1}") "{a,b,d} steer={0,1} dup x; {2} close; c {1} connect "
	"lo:p; x close; "
	"f {1} connect lo:p",

	/* Rule 6: every program on three members, attached by the first or the last of them. */
	THREE("{udp4,udp6}", "{1}") "{a,d} steer{,_ebpf}=" PROGRAMS "; "
	"c {1} send={0,1,5} lo:p",
	THREE_LISTEN("{tcp4,tcp6}", "{1}") "{a,d} steer{,_ebpf}=" PROGRAMS "; c {1} connect lo:p; "
	"f {1} connect lo:p",
	"a tcp4 reuseport bind lo:p listen steer=2; b tcp4 reuseport bind lo:p listen; c tcp4 "
	"connect "
	"lo:p => c.connect=ok>a|b",
	"a {tcp4,tcp6} reuseport bind lo:p listen steer{,_ebpf}=7; c {1} connect lo:p => "
	"c.connect=ok>a",
	/* A SYN has no payload: a program that asks for it returns 0. */
	THREE_LISTEN("tcp4", "tcp4") "a steer=mod:2; c tcp4 connect lo:p => c.connect=ok>a",
	/* Another program in its place, by another member; none; and then none is left. */
	THREE_LISTEN("{tcp4,tcp6}", "{1}") "a steer{,_ebpf}={0,1}; c {1} connect lo:p; "
	"{a,b} {steer=2,steer_ebpf=2,steer=7,unsteer,close}; f {1} connect lo:p; d unsteer; "
	"g {1} connect lo:p; d unsteer",
	THREE("{udp4,udp6}", "{1}") "a steer{,_ebpf}={0,mod:3}; c {1} send=1 lo:p; "
	"{a,b} {steer=2,steer_ebpf=mod:2,steer=7,unsteer,close}; c send=1 lo:p; d unsteer; "
	"c send=1 lo:p; d unsteer",
	"a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo:p listen steer=1; "
	"c tcp4 connect lo:p; a steer=0; d tcp4 connect lo:p; b unsteer; f tcp4 connect lo:p; a "
	"unsteer"
	" => c.connect=ok>b d.connect=ok>a f.connect=ok>a|b a.unsteer=ENOENT",
	/* It outlives who attached it, and rules whoever comes later. */
	"a tcp4 reuseport bind lo:p listen steer=1; b tcp4 reuseport bind lo:p listen; a close; "
	"c tcp4 connect lo:p; d tcp4 reuseport bind lo:p listen; f tcp4 connect lo:p"
	" => c.connect=ok>b f.connect=ok>d",
	/* Who may attach and detach: every state, every kind. */
	"a {{tcp4,tcp6,mptcp4} {,reuseport} {,bind lo:p} {,listen},{udp4,udp6} {,reuseport} "
	"{,bind lo:p} {,connect lo:q}} " LATE " {,lock_filter} {steer=0,steer_ebpf=0,unsteer}",
	"a tcp4 steer=0; b mptcp4 steer=0; d udp4 steer=0 => a.steer=EINVAL b.steer=EOPNOTSUPP "
	"d.steer=EINVAL",
	"a tcp4 reuseport lock_filter steer=0 => a.steer=EPERM",
	"a tcp4 unsteer; b tcp4 reuseport bind lo:p listen unsteer => a.unsteer=EINVAL "
	"b.unsteer=ENOENT",
	"a udp4 reuseport connect lo:p steer=0 => a.steer=EINVAL",
	"l tcp4 reuseport bind lo:p listen {,steer=0}; c tcp4 connect lo:p; l accept x; "
	"{x,c} {,reuseport} {steer=0,steer_ebpf=0,unsteer}",

	/* Rule 7: attached before bind(), before listen(), after it, by each of two. */
	"a {tcp4,tcp6} " REUSEPORT " {,steer=1} bind lo:p {,steer=1} listen {,steer=1}; "
	"b {1} {2} {,steer=1} bind lo:p {,steer=1} listen {,steer=1}; c {1} connect lo:p; "
	"d {1} {2} bind lo:p listen; f {1} connect lo:p",
	"a {tcp4,tcp6} " REUSEPORT " {,steer=1} bind lo:p {,steer=1}; b {1} {2} {,steer=1} bind "
	"lo:p "
	"{,steer=1}; {a,b} listen; {a,b} listen; c {1} connect lo:p",
	"a {udp4,udp6} " REUSEPORT " {,steer=1} bind lo:p {,steer=1}; b {1} {2} {,steer=1} bind "
	"lo:p "
	"{,steer=1}; c {1} send lo:p; d {1} {2} bind lo:p; c send lo:p",
	"a {tcp4,tcp6,udp4,udp6} reuseport steer{,_ebpf}=0 bind lo:p; b {1} reuseport steer{2}=0 "
	"bind "
	"lo:p; c {1} reuseport bind lo:p => b.bind=EADDRINUSE c.bind=ok",
	"a tcp4 reuseport steer=1 bind lo:p listen; b tcp4 reuseport bind lo:p listen; c tcp4 "
	"connect "
	"lo:p => c.connect=ok>b",
	"a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo:p steer=0; b listen; b "
	"unsteer; "
	"b listen => b.bind=ok b.steer=ok b.listen=EADDRINUSE",

	/* Rule 8: so_incoming_cpu of three, on either CPU; set late; taken back. */
	"cpu {0,1}; " THREE_LISTEN("{tcp4,tcp6}", "{2}") "a "
	"{incoming_cpu=-1,incoming_cpu=0,incoming_cpu=1}; "
	"b {incoming_cpu=-1,incoming_cpu=0,incoming_cpu=1}; d {incoming_cpu=-1,incoming_cpu=0,"
	"incoming_cpu=1}; c {2} connect lo:p; f {2} connect lo:p",
	"cpu {0,1}; " THREE("{udp4,udp6}", "{2}") "a "
	"{incoming_cpu=-1,incoming_cpu=0,incoming_cpu=1}; "
	"b {incoming_cpu=-1,incoming_cpu=0,incoming_cpu=1}; d {incoming_cpu=-1,incoming_cpu=0,"
	"incoming_cpu=1}; c {2} send lo:p; f {2} send lo:p",
	"cpu {0,1}; a {tcp4,tcp6} reuseport incoming_cpu={0,1,7} bind lo:p {,incoming_cpu=0} "
	"listen "
	"{,incoming_cpu=-1,incoming_cpu=1}; b {2} reuseport {,incoming_cpu=1} bind lo:p listen; "
	"c {2} connect lo:p; cpu {0,1}; f {2} connect lo:p; {,b close; }g {2} connect lo:p",
	"cpu {0,1}; a {tcp4,udp4} reuseport incoming_cpu={0,1} bind lo:p steer={0,cpu}",
	"cpu 0; a tcp4 reuseport incoming_cpu=0 bind lo:p listen; b tcp4 reuseport incoming_cpu=1 "
	"bind "
	"lo:p listen; c tcp4 connect lo:p; cpu 1; d tcp4 connect lo:p; cpu 0; f tcp4 connect lo:p"
	" => c.connect=ok>a d.connect=ok>b f.connect=ok>a",
	"cpu 0; a tcp4 reuseport bind lo:p listen; b tcp4 reuseport incoming_cpu=0 bind lo:p "
	"listen; "
	"c tcp4 connect lo:p; cpu 1; d tcp4 connect lo:p => c.connect=ok>b d.connect=ok>a|b",
	/* A program comes before it, and one that asks for the CPU does the same. */
	"cpu {0,1}; a tcp4 reuseport incoming_cpu={0,1} bind lo:p listen; b tcp4 reuseport bind "
	"lo:p "
	"listen; a steer{,_ebpf}={0,1,cpu}; c tcp4 connect lo:p",
	"cpu 1; " THREE_LISTEN("tcp4", "tcp4") "a steer=cpu; c tcp4 connect lo:p; cpu 0; f tcp4 "
	"connect lo:p"
	" => c.connect=ok>b f.connect=ok>a",

	/* Rule 9: a member that connects, for its peer and for others. */
	THREE("{udp4,udp6}", "{1}") "{,a steer={0,1,2}; }{a,b,d} connect lo:q {,disconnect}; "
	"c {1} bind lo:q send lo:p; f {1} bind lo:r send lo:p; g {1} reuseport bind lo:p; f send "
	"lo:p; "
	"c send lo:p",
	"a {udp4,udp6} reuseport bind {any,lo}:p; b {1} reuseport bind {2}:p; {a,b} connect lo:q; "
	"{,{a,b} disconnect; }c {1} bind lo:q send lo:p; f {1} send lo:p",
	"a udp4 reuseport bind lo:p; b udp4 reuseport bind lo:p; a connect lo:q; c udp4 bind lo:q "
	"send "
	"lo:p; f udp4 send lo:p => c.send=ok>a f.send=ok>b",
	"a udp4 reuseport bind lo:p connect lo:p; b udp4 reuseport bind lo:p; a send => "
	"a.send=ok>a",
	/* Look-ups in a group that had a connected member go on: behind it is a, which fits better.
	 */
	"a udp4 reuseaddr bindtodevice=lo bind lo:p; b udp4 reuseaddr reuseport bind lo:p; "
	"c udp4 reuseaddr reuseport bind lo:p; c connect lo:q; d udp4 send lo:p => d.send=ok>a",

	/* Rule 10: four sockets of three kinds, and a client of each. */
	"a {tcp4,tcp6,tcp6 v6only} reuseport bind any:p listen; b {tcp4,tcp6,tcp6 v6only} "
	"reuseport bind "
	"any:p listen; d {tcp4,tcp6,tcp6 v6only} reuseport bind any:p listen; a steer=1; b "
	"steer=0; "
	"c {tcp4 connect lo,tcp6 connect lo,tcp6 connect lo4}:p",
	"a {udp4,udp6,udp6 v6only} reuseport bind any:p; b {udp4,udp6,udp6 v6only} reuseport bind "
	"any:p; "
	"d {udp4,udp6,udp6 v6only} reuseport bind any:p; a steer=1; b steer=0; "
	"c {udp4 send lo,udp6 send lo,udp6 send lo4}:p",
	"a tcp6 reuseport bind any:p listen; b tcp6 reuseport bind any:p listen; a steer=1; "
	"d tcp4 reuseport bind any:p listen; f tcp4 reuseport bind any:p listen; d steer=1; "
	"c tcp4 connect lo:p; g tcp6 connect lo:p; h tcp6 connect lo4:p; d close; f close; "
	"i tcp4 connect lo:p"
	" => c.connect=ok>f g.connect=ok>b h.connect=ok>f i.connect=ok>b",

	/* Rule 11: TCP and MPTCP listeners are members of one group. */
	"a {tcp4,mptcp4} reuseport bind lo:p listen; b {tcp4,mptcp4} reuseport bind lo:p listen; "
	"c {tcp4,mptcp4} connect lo:p; d {tcp4,mptcp4} connect lo:p"
	" => c.connect=ok>a|b d.connect=ok>a|b",
	"a tcp4 reuseport bind lo:p listen; b mptcp4 reuseport bind lo:p listen; "
	"a steer{,_ebpf}={0,1}; c {tcp4,mptcp4} connect lo:p",
	"a {mptcp4,mptcp6} {,fchown=1000} reuseport {,fchown=1000} bind lo:p {,fchown=1000} "
	"listen; "
	"b {1} reuseport bind lo:p listen; c {1} connect lo:p",
	"a mptcp{4,6} " FLAGS " bind lo:p listen; b mptcp{1} " FLAGS " bind lo:p listen; "
	"c mptcp{1} connect lo:p",

	/* Rule 12: full, deaf, never read. */
	"a tcp4 reuseport bind lo:p listen=0; b tcp4 reuseport bind lo:p listen; a steer=0; "
	"c tcp4 connect lo:p; d tcp4 connect lo:p; a unsteer steer=1; f tcp4 connect lo:p"
	" => c.connect=ok>a d.connect=pending f.connect=ok>b",
	"a udp{4,6} deaf reuseport bind lo:p; b udp{1} reuseport bind lo:p; a steer={0,1}; c "
	"udp{1} "
	"send lo:p",

	/* Over the wire, to members on devices: from the second host, and from here. */
	"a {tcp4,tcp6} reuseport {,bindtodevice=lo,bindtodevice=eth} bind {any,eth}:p listen; b "
	"{1} "
	"reuseport {,bindtodevice=lo,bindtodevice=eth} bind {any,eth}:p listen; a steer=1; "
	"c@peer {1} connect eth:p; d {1} connect eth:p",
	"a {udp4,udp6} reuseport {,bindtodevice=lo,bindtodevice=eth} bind {any,eth}:p; b {1} "
	"reuseport "
	"{,bindtodevice=lo,bindtodevice=eth} bind {any,eth}:p; a steer=1; c@peer {1} send eth:p; "
	"d {1} send eth:p",
	"a {udp4,udp6} reuseport bind eth:p; b {1} reuseport bind eth:p; d {1} reuseport bind "
	"eth:p; "
	"c@peer {1} bind any:q send eth:p send eth:p; f@peer {1} bind any:r send eth:p; a close; "
	"c send eth:p; f send eth:p",
	/* Copies of multicast and broadcast go to all members, program or not. */
	"a {udp4,udp6} reuseport add_membership=mcast@eth bind any:p; b {1} reuseport "
	"add_membership=mcast@eth bind any:p; {,a steer=1; }c {1} multicast_if=eth send mcast:p"
	" => c.send=ok>a,b",
	"a udp4 reuseport bind 127.255.255.255:p; b udp4 reuseport bind 127.255.255.255:p; a "
	"steer=0; "
	"c udp4 broadcast send 127.255.255.255:p => c.send=ok>a,b",
	/* SYN cookies are looked up twice, fast open comes with data. */
	"a tcp4 reuseport bind lo:p listen=1; b tcp4 reuseport bind lo:p listen=1; {,a steer=1; }"
	"c tcp4 deaf begin lo:p; d tcp4 deaf begin lo:p; f tcp4 deaf begin lo:p; "
	"g tcp4 deaf begin lo:p; h tcp4 connect lo:p; i tcp4 connect lo:p",
	"a tcp4 reuseport fastopen=5 bind lo:p listen; b tcp4 reuseport fastopen=5 bind lo:p "
	"listen; "
	"{,a steer={0,1,mod:1}; }c tcp4 fastopen lo:p; d tcp4 fastopen lo:p; f tcp4 fastopen lo:p",
	/* A new connection over a member's TIME_WAIT is drawn anew. */
	"a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo:p listen; a steer={0,1}; "
	"c tcp4 reuseaddr bind lo:q connect lo:p; {a,b} accept x; x close; c close; {,a unsteer; }"
	"c tcp4 reuseaddr bind lo:q connect lo:p",
	/* Specific addresses and the wildcard, each with a group of its own. */
	"a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo2:p listen; d tcp4 reuseport "
	"bind "
	"any:p listen; f tcp4 reuseport bind any:p listen; {a,b,d,f} steer={0,1}; "
	"c tcp4 connect {lo,lo2,lo3}:p",
	"a udp4 reuseport bind lo:p; b udp4 reuseport bind lo2:p; d udp4 reuseport bind any:p; "
	"f udp4 reuseport bind any:p; {a,b,d,f} steer={0,1}; c udp4 send {lo,lo2,lo3}:p",
	/* Members that answer differently: the place is chosen without a look at it. */
	"a tcp4 {minttl=200,defer_accept} reuseport bind lo:p listen; b tcp4 reuseport bind lo:p "
	"listen; a steer={0,1}; c tcp4 begin lo:p",
	"a {udp4,udp6} reuseport bind lo:p; b {1} reuseport bind lo:p; a steer={0,1}; "
	"{a,b} {shutdown=rd,shutdown=wr,shutdown=rdwr}; c {1} send lo:p",
	/* A port of the kernel's choice makes a group like any other. */
	"a tcp4 reuseport listen; b tcp4 reuseport bind any:e1 listen; a steer=1; c tcp4 connect "
	"lo:e1"
	" => c.connect=ok>b",
	"a udp4 reuseport connect lo:q; b udp4 reuseport bind lo:e1; c udp4 bind lo:q send lo:e1; "
	"d udp4 send lo:e1 => b.bind=ok c.send=ok>a d.send=ok>b",

	/* A host has its own groups; who is on the other one is no member. */
	"a {tcp4,tcp6} reuseport bind any:p listen; b@peer {1} reuseport bind any:p listen; a "
	"steer=1; "
	"c {1} connect lo:p; d {1} connect peer:p => c.connect=ok>a d.connect=ok>b",
	/* Who stops listening, and comes back, stands at the end; with tcp_migrate_req too. */
	"a {tcp4,tcp6} reuseport bind lo:p listen; b {1} reuseport bind lo:p listen; a "
	"steer={0,1}; "
	"{a,b} shutdown=rd; {,d {1} reuseport bind lo:p listen; }c {1} connect lo:p; {3} listen; "
	"f {1} connect lo:p",
	"sysctl tcp_migrate_req=1; a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo:p "
	"listen; "
	"d tcp4 reuseport bind lo:p listen; a steer={0,1,2,3}; {a,b} {shutdown=rd,close}; "
	"c tcp4 connect lo:p; f tcp4 reuseport bind lo:p listen; g tcp4 connect lo:p",
	"sysctl tcp_migrate_req={0,1}; a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind "
	"lo:p "
	"listen; a steer=0; c tcp4 connect lo:p; d tcp4 connect lo:p; a {close,shutdown=rd}; "
	"f tcp4 connect lo:p; b accept x; b accept y; c recv",
	/* A connected TCP socket of the same port and flag is no member. */
	"l tcp4 bind lo2:q listen; a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo:p "
	"listen; "
	"a steer={0,1}; c tcp4 reuseport bind lo:p connect lo2:q; d tcp4 connect lo:p; c close; "
	"f tcp4 connect lo:p",

	/* What users reported, each as the case that shows it. */
	/* Two frontends by mistake on one port, both up: each gets a part (haproxy #868). */
	"a tcp4 reuseaddr reuseport bind any:p listen; b tcp4 reuseaddr reuseport bind any:p "
	"listen; "
	"c tcp4 connect lo:p => b.bind=ok b.listen=ok c.connect=ok>a|b",
	/* A port allocator that trusts bind() to fail hands out one port twice (agave #620). */
	"a udp4 reuseport bind any:p; b udp4 reuseport bind any:p => b.bind=ok",
	/* A service that drops its privileges cannot bind again what it has bound as root (pdns
	 * #5257); nor can its user's program join a socket that root bound (systemd #28039). */
	"a {tcp4,udp4} reuseport bind any:p; as 1000 b {1} reuseport bind any:p => "
	"b.bind=EADDRINUSE",
	"a tcp4 reuseport fchown=1000 bind any:p listen; as 1000 b tcp4 reuseport bind any:p "
	"listen; "
	"c tcp4 connect lo:p => b.bind=ok b.listen=ok c.connect=ok>a|b",
	/* bind() succeeds and nothing arrives: the sender's 4-tuple is hashed to somebody else,
	 * always (go-ethereum #12); or somebody with reuseaddr has come later and gets all. */
	"a udp4 reuseport bind lo:p; b udp4 reuseport bind lo:p; c udp4 bind lo:q send lo:p; c "
	"send lo:p; "
	"c send lo:p => c.send=ok>a|b",
	"a udp4 reuseaddr reuseport bind lo:p; b udp4 reuseaddr reuseport bind lo:p; "
	"d udp4 reuseaddr bind lo:p; c udp4 send lo:p; f udp4 send lo:p => c.send=ok>d f.send=ok>d",
	/* After a reload QUIC packets go to workers that are on their way out, as long as their
	 * sockets are open (nginx #1399). */
	"a udp4 reuseport bind lo:p; c udp4 bind lo:q send lo:p; b udp4 reuseport bind lo:p; a "
	"steer=0; "
	"f udp4 send lo:p; a close; f send lo:p => c.send=ok>a f.send=ok>a f.send.2=ok>b",
	/* The new worker has another number than the old one had: a program with fixed numbers
	 * finds the wrong one after a reload. */
	THREE("udp4", "udp4") "b steer=1; c udp4 send lo:p; b close; g udp4 reuseport bind lo:p; "
	"c send lo:p"
	" => c.send=ok>b c.send.2=ok>d",
	/* Connections that wait in a member's queue are lost with it, or move. */
	"a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo:p listen; a steer=0; "
	"c tcp4 connect lo:p; a close; c recv => c.connect=ok>a c.recv=ECONNRESET",
	"sysctl tcp_migrate_req=1; a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo:p "
	"listen; "
	"a steer=0; c tcp4 connect lo:p; a close; b accept x; c recv"
	" => c.connect=ok>a b.accept=ok c.recv=EAGAIN",
	/* Without reuseport processes share one queue: there is nobody to balance (ingress-nginx
	 * #2734). */
	"a tcp4 bind lo:p listen dup b; c tcp4 connect lo:p; d tcp4 connect lo:p; b accept x; a "
	"accept y"
	" => c.connect=ok>a d.connect=ok>a b.accept=ok a.accept=ok",
	NULL,
};
/* clang-format on */

static const struct ft_probe probe = {
	.name = "group",
	.question = "Who belongs to a reuseport group, and which member receives?",
	.matrices = matrices,
	.full = ft_group_full,
	.generate = ft_group_generate,
	.examine = ft_group_examine,
};

int main(int argc, char **argv)
{
	return ft_probe_main(argc, argv, &probe);
}
