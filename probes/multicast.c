/* SPDX-License-Identifier: MIT */
/*
 * Who gets a copy of what is sent to a group or to all, and who does not?
 *
 * The rules, as the kernel has them today:
 *  1. A multicast or broadcast datagram is copied to every socket on its port that matches, with
 *     whatever flags they share the port: a group of SO_REUSEPORT sockets gets a copy each, no
 *     hash and no program is asked (__udp4_lib_mcast_deliver(), __udp6_lib_mcast_deliver()).
 *  2. A socket matches if it is bound to the wildcard or to the very group or broadcast address,
 *     to no device or to that which the datagram came by, and is connected to nobody or to the
 *     sender. Who is bound to a unicast address gets none, and so does a wildcard socket from
 *     connect() on, for it has an address now (__udp_is_mcast_sock(), __udp_v6_is_mcast_sock()).
 *  3. A membership has two effects. The interface takes the group's datagrams, for the whole
 *     host: nobody needs to be on the port who has joined (ip_check_mc_rcu(),
 *     ipv6_chk_mcast_addr()). And they are for the socket: those of groups that only others
 *     have joined are so, too, unless IP_MULTICAST_ALL or IPV6_MULTICAST_ALL is 0
 *     (ip_mc_sf_allow(), inet6_mc_check(), ip(7)). IPv6 does not ask by which interface they came.
 *     Every interface is in 224.0.0.1, ff02::1 and ff01::1.
 *  4. The sender's IP_MULTICAST_LOOP, for IPv6 too, says whether its own host gets what it sends
 *     by a wire; the receiver's does nothing. By lo it always does (sk_mc_loop(), ip(7)).
 *  5. The interface is that of SO_BINDTODEVICE, else of IP_MULTICAST_IF, else the one that has the
 *     address that the socket is bound to (IPv4), else that of the route (udp_sendmsg(),
 *     ip_route_output_key_hash_rcu()).
 *  6. Sending to 255.255.255.255 or to the broadcast address of a network takes SO_BROADCAST, a
 *     connect() as well; 255.255.255.255 takes an interface besides (socket(7)).
 *  7. A group is joined on an interface once, 20 groups at most for an IPv4 socket; closing the
 *     socket leaves them (ip_mc_join_group(), ipv6_sock_mc_join(), ip_mc_drop_socket()).
 *  8. Sent with no hop at all it stays on the host, if that is in the group; IPv6 groups of
 *     interface-local scope never leave it, those of scope 0 reach nobody (ip_mc_output(),
 *     ip6_finish_output2(), ip6_rcv_core()).
 *  9. A membership may be for some sources, or for all but some. One that has never listed any
 *     turns into the other kind, also by a call that is then refused (ip_mc_source(),
 *     ip6_mc_source()).
 * 10. Unicast to such a port is still for one of the sockets alone: see the probe `datagram`.
 */
#include <errno.h>

#include "probe/probe.h"

#define SHARE "{reuseaddr,reuseport,reuseaddr reuseport}"
#define FLAGS "{,reuseaddr,reuseport,reuseaddr reuseport}"
#define DEVICE "{,bindtodevice=lo,bindtodevice=eth}"
#define ALL "{,multicast_all=0}"
#define JOINED "{,add_membership=mcast@eth,add_membership=mcast@lo}"
#define SENDER4 "c udp4 multicast_if=eth send mcast:p"
#define SENDER6 "c udp6 multicast_if=eth send mcast:p"
/* IP_ADD_SOURCE_MEMBERSHIP and its kin: struct ip_mreq_source of mcast on eth and of a source. */
#define ADD_SOURCE "sockopt=0:39:"
#define DROP_SOURCE "sockopt=0:40:"
#define BLOCK_SOURCE "sockopt=0:38:"
#define UNBLOCK_SOURCE "sockopt=0:37:"
#define ON_ETH "efff0001c0000201"
#define FROM_ETH ON_ETH "c0000201"
#define FROM_PEER ON_ETH "c0000202"
#define ANY_SOURCE_CALL "sockopt=0:{37,38,39,40}:" ON_ETH "{c0000201,c0000202}"
/* MCAST_JOIN_SOURCE_GROUP (46) and its kin of IPv6: struct group_source_req, on any interface. */
#define BYTES_20 "0000000000000000000000000000000000000000"
#define BYTES_100 BYTES_20 BYTES_20 BYTES_20 BYTES_20 BYTES_20
#define SOCKADDR6(address) "0a00000000000000" address "00000000" BYTES_100
#define SOURCE6(name, source)                                                                \
	"sockopt=41:" name ":0000000000000000" SOCKADDR6("ff150000000000000000000000040004") \
		SOCKADDR6(source)
#define ETH6 "20010db8000000000000000000000001"
#define PEER6 "20010db8000000000000000000000002"
#define ANY_SOURCE_CALL6 SOURCE6("{43,44,46,47}", "{" ETH6 "," PEER6 "}")
#define BOTH_SEND6 "c udp6 multicast_if=eth send mcast:p; d@peer udp6 multicast_if=eth send mcast:p"
/* From here, and from the second host. */
#define BOTH_SEND4 "c udp4 multicast_if=eth send mcast:p; d@peer udp4 send mcast:p"
/* A broadcast of each kind: to all, to the network on eth, to that on lo. */
#define BROADCASTS                                                                    \
	"c udp4 broadcast bindtodevice=eth send 255.255.255.255:p; d udp4 broadcast " \
	"send 192.0.2.255:p; f udp4 broadcast send 127.255.255.255:p"

/* A matrix begins at the margin, as in a .cases file. */
/* clang-format off */
static const char *const matrices[] = {
	/* One receiver, by address, device and membership; the sender, by interface, loops back or
	 * not; and one at the other end of the wire. */
	"a udp4 " DEVICE " " ALL " bind {any,mcast,lo,eth}:p " JOINED
	"; c udp4 multicast_if={lo,eth} {,multicast_loop=0} send mcast:p; d@peer udp4 send mcast:p",
	"a udp6 " DEVICE " " ALL " bind {any,mcast,lo,eth}:p " JOINED
	"; c udp6 multicast_if={lo,eth} {,multicast_loop=0} send mcast:p; d@peer udp6 send mcast:p",
	/* Two receivers, by flags, address and membership; then the second one leaves. */
	"a udp4 " SHARE " bind {any,mcast,eth}:p {,add_membership=mcast@eth}; b udp4 {1} "
	"bind {any,mcast,eth}:p {,add_membership=mcast@eth}; " SENDER4 "; b close; c send mcast:p",
	"a udp6 " SHARE " bind {any,mcast,eth}:p {,add_membership=mcast@eth}; b udp6 {1} "
	"bind {any,mcast,eth}:p {,add_membership=mcast@eth}; " SENDER6 "; b close; c send mcast:p",
	/* A receiver and a member that is not on the port: until it leaves, in either way. */
	"a udp{4,6} " ALL " bind {any,mcast}:p; b udp{1} {,bind any:q} "
	"{add_membership=mcast@eth,add_membership=mcast@lo}; c udp{1} multicast_if=eth send "
	"mcast:p; {b close,b drop_membership=mcast@eth,a add_membership=mcast@eth}; c send mcast:p",

	/* Rule 1, said in full. */
	"a udp{4,6} " SHARE " bind any:p add_membership=mcast@eth; b udp{1} {2} bind any:p "
	"add_membership=mcast@eth; c udp{1} multicast_if=eth send mcast:p => c.send=ok>a,b",
	"a udp{4,6} reuseport bind any:p add_membership=mcast@eth; b udp{1} reuseport bind any:p "
	"add_membership=mcast@eth; a steer={0,1}; c udp{1} multicast_if=eth send mcast:p"
	" => c.send=ok>a,b",
	/* ... on a unicast address the program or the last one decides. */
	"a udp4 reuseport bind any:p add_membership=mcast@eth; b udp4 reuseport bind any:p "
	"add_membership=mcast@eth; a steer=0; " SENDER4 " send eth:p => c.send=ok>a,b "
	"c.send.2=ok>a",
	"a udp4 reuseaddr bind any:p add_membership=mcast@eth; b udp4 reuseaddr bind any:p "
	"add_membership=mcast@eth; " SENDER4 " send eth:p; b close; c send mcast:p send eth:p"
	" => c.send=ok>a,b c.send.2=ok>b c.send.3=ok>a c.send.4=ok>a",
	/* Not even another user's socket can be kept from them. */
	"as 1000 a udp4 reuseaddr bind any:p add_membership=mcast@eth; as 1001 b udp4 reuseaddr "
	"bind any:p; " SENDER4 " => b.bind=ok c.send=ok>a,b",
	/* A filter that drops the copy of one leaves those of the others. */
	"a udp{4,6} reuseaddr {,deaf} bind any:p add_membership=mcast@eth; b udp{1} reuseaddr "
	"{,deaf} bind mcast:p; c udp{1} multicast_if=eth send mcast:p",
	/* Both families on one port: each takes its own. */
	"a udp4 reuseaddr " ALL " bind any:p {,add_membership=mcast@eth}; b udp6 reuseaddr " ALL
	" bind {any,any4,mcast}:p {,add_membership=mcast@eth}; " SENDER4 "; d udp6 "
	"multicast_if=eth send mcast:p",
	/* An IPv6 socket in a group of IPv4, by IP_ADD_MEMBERSHIP. */
	"a udp6 {,v6only} bind any:p {,sockopt=0:35:efff0001c0000201}; " SENDER4,
	"a udp6 bind any:p sockopt=0:35:efff0001c0000201; " SENDER4 " => c.send=ok>a",
	/* ... and what it says by its options of IPv4 when it sends to one: by which interface, how
	 * often, how far (IP_MULTICAST_IF, _LOOP, _TTL). */
	"a udp6 {,v6only} bind {any,any4}:p {,sockopt=0:35:efff0001c0000201}; b udp6 "
	"{sockopt=0:32:c0000201,sockopt=0:32:7f000001,multicast_if=eth} {,sockopt=0:34:00000000,"
	"multicast_loop=0,sockopt=0:33:00000000} bind any:q send [::ffff:239.255.0.1]:p; " SENDER4
	"; d@peer udp4 send mcast:p",
	/* Without a membership of its own it gets those of others by IP_MULTICAST_ALL, which an
	 * IPv6 socket begins without. */
	"a udp6 reuseaddr {,sockopt=0:49:01000000} bind any:p; b udp4 reuseaddr bind any:p "
	"add_membership=mcast@eth; " SENDER4,
	"a udp6 reuseaddr bind any:p; b udp4 reuseaddr bind any:p add_membership=mcast@eth; "
	SENDER4
	" => c.send=ok>b",
	"a udp6 reuseaddr sockopt=0:49:01000000 bind any:p; b udp4 reuseaddr bind any:p "
	"add_membership=mcast@eth; " SENDER4 " => c.send=ok>a,b",

	/* Rule 2: bound to the group, to an address, connected. */
	"a udp{4,6} reuseaddr bind mcast:p add_membership=mcast@eth; b udp{1} reuseaddr bind eth:p "
	"add_membership=mcast@eth; c udp{1} multicast_if=eth send mcast:p send eth:p"
	" => c.send=ok>a c.send.2=ok>b",
	"a udp4 reuseaddr bind mcast:p add_membership=mcast@eth; b udp4 reuseaddr bind "
	"239.255.0.2:p add_membership=239.255.0.2@eth; c udp4 reuseaddr bind any:p; d udp4 "
	"multicast_if=eth send mcast:p send 239.255.0.2:p => d.send=ok>a,c d.send.2=ok>b,c",
	"a udp{4,6} bind {any,mcast}:p add_membership=mcast@eth; q udp{1} bind eth:q "
	"multicast_if=eth; a connect eth:{q,r}; q send mcast:p send eth:p; a disconnect; q send "
	"mcast:p",
	"a udp4 bind any:p add_membership=mcast@eth connect eth:q; q udp4 bind eth:q "
	"multicast_if=eth send mcast:p; a disconnect; q send mcast:p => q.send=ok>none "
	"q.send.2=ok>a",
	"a udp4 bind mcast:p add_membership=mcast@eth connect eth:q; q udp4 bind eth:q "
	"multicast_if=eth send mcast:p; r udp4 multicast_if=eth send mcast:p => q.send=ok>a "
	"r.send=ok>none",
	"a udp{4,6} bind any:p add_membership=mcast@eth bindtodevice={lo,eth,none}; "
	"c udp{1} multicast_if=eth send mcast:p; d@peer udp{1} send mcast:p",
	/* The way out is no way in: who sends from a group's address? */
	"a udp{4,6} bind mcast:p {send eth:q,connect eth:q,send mcast:p}; "
	"b udp{1} bind mcast:p multicast_if=eth {send mcast:q,connect mcast:q send}",

	/* Rule 3, said in full. */
	"a udp{4,6} reuseaddr bind any:p; b udp{1} reuseaddr bind any:p add_membership=mcast@eth; "
	"c udp{1} multicast_if=eth send mcast:p => c.send=ok>a,b",
	"a udp{4,6} reuseaddr multicast_all=0 bind any:p; b udp{1} reuseaddr bind any:p "
	"add_membership=mcast@eth; c udp{1} multicast_if=eth send mcast:p => c.send=ok>b",
	"a udp{4,6} bind any:p; b udp{1} add_membership=mcast@eth; c udp{1} multicast_if=eth "
	"send mcast:p; b close; c send mcast:p => c.send=ok>a c.send.2=ok>none",
	"a udp4 bind mcast:p; " SENDER4 " => a.bind=ok c.send=ok>none",
	"a udp4 bind any:p add_membership=mcast@eth drop_membership=mcast@eth; " SENDER4
	"; a add_membership=mcast@eth; c send mcast:p => c.send=ok>none c.send.2=ok>a",
	"a udp4 multicast_all=0 bind mcast:p; b udp4 add_membership=mcast@eth; " SENDER4
	" => c.send=ok>none",
	/* On another interface: not for IPv4, all the same for IPv6. */
	"link br0=bridge; addr br0=198.51.100.1; a udp{4,6} " ALL " bind any:p "
	"add_membership=mcast@{br0,eth}; b udp{1} add_membership=mcast@eth; "
	"c udp{1} multicast_if={br0,eth} send mcast:p",
	"link br0=bridge; a udp4 multicast_all=0 bind any:p add_membership=mcast@br0; "
	"b udp4 add_membership=mcast@eth; " SENDER4 " => c.send=ok>none",
	"link br0=bridge; a udp6 multicast_all=0 bind any:p add_membership=mcast@br0; "
	"b udp6 add_membership=mcast@eth; " SENDER6 " => c.send=ok>a",
	/* Groups that every interface is in, and one of each kind that it is not in. */
	"a udp4 " ALL " bind any:p {,add_membership=239.255.0.7@eth,add_membership=232.1.1.1@eth}; "
	"c udp4 multicast_if=eth send 239.255.0.7:p send 232.1.1.1:p send 224.0.0.251:p",
	"a udp4 " ALL " bind any:p {,add_membership=224.0.0.251@eth,add_membership=224.0.0.1@eth}; "
	"c udp4 multicast_if={eth,lo} send 224.0.0.1:p send 224.0.0.251:p; "
	"d@peer udp4 send 224.0.0.1:p",
	"a udp6 " ALL " bind any:p {,add_membership=[ff02::fb]@eth,add_membership=[ff02::1]@eth}; "
	"c udp6 multicast_if=eth send [ff02::1]:p send [ff02::fb]:p send [ff01::1]:p; "
	"d@peer udp6 multicast_if=eth send [ff02::1]:p",
	"a udp4 bind any:p; b udp4 multicast_if=eth send 224.0.0.1:p send 224.0.0.251:p"
	" => b.send=ok>a b.send.2=ok>none",
	"a udp4 multicast_all=0 bind any:p; b udp4 multicast_if=eth send 224.0.0.1:p => "
	"b.send=ok>none",

	/* Rule 4. */
	"a udp{4,6} {,multicast_loop=0} bind any:p add_membership=mcast@eth multicast_if=eth send "
	"mcast:p; b@peer udp{1} bind any:p add_membership=mcast@eth; a send mcast:p; b send eth:p",
	"a udp{4,6} multicast_loop=0 bind any:p add_membership=mcast@eth; c udp{1} "
	"multicast_if=eth send mcast:p; d udp{1} multicast_if=eth multicast_loop=0 send mcast:p"
	" => c.send=ok>a d.send=ok>none",
	"a udp4 bind any:p add_membership=mcast@lo; c udp4 multicast_if=lo multicast_loop=0 send "
	"mcast:p"
	" => c.send=ok>a",
	/* It crosses the wire to those who have joined there. */
	"a@peer udp{4,6} " ALL " bind {any,mcast,peer}:p {,add_membership=mcast@eth}; "
	"b@peer udp{1} add_membership=mcast@eth; c udp{1} multicast_if=eth {,multicast_loop=0} "
	"send mcast:p; b close; c send mcast:p",
	"a@peer udp{4,6} bind any:p add_membership=mcast@eth; b udp{1} bind any:p "
	"add_membership=mcast@eth; c udp{1} multicast_if=eth send mcast:p; d@peer udp{1} "
	"multicast_if=eth send mcast:p => c.send=ok>a,b d.send=ok>a,b",

	/* How far it goes: without a hop not beyond the host, if that is in the group; and by
	 * the scope of an IPv6 group. */
	"{,a udp4 bind any:p add_membership=mcast@eth; }b@peer udp4 bind any:p "
	"add_membership=mcast@eth; c udp4 multicast_if=eth "
	"{multicast_ttl=0,multicast_ttl=1,ttl=1} {,multicast_loop=0} send mcast:p",
	"{,a udp6 bind any:p add_membership=mcast@eth; }b@peer udp6 bind any:p "
	"add_membership=mcast@eth; c udp6 multicast_if=eth multicast_hops={0,1,-1} "
	"{,multicast_loop=0} send mcast:p",
	"a udp4 bind any:p; b@peer udp4 bind any:p add_membership=mcast@eth; c udp4 "
	"multicast_if=eth multicast_ttl=0 send mcast:p; a add_membership=mcast@eth; c send mcast:p"
	" => c.send=ok>b c.send.2=ok>a",
	"a udp6 bind any:p "
	"add_membership={[ff00::7],[ff01::7],[ff02::7],[ff03::7],[ff05::7],[ff0e::7]}@eth; b@peer "
	"udp6 bind any:p add_membership={1}@eth; c udp6 multicast_if=eth {,multicast_loop=0} "
	"{send {1}:p,connect {1}:p send}; d@peer udp6 multicast_if=eth send {1}:p",
	"a udp4 bind any:p add_membership={224.0.0.7,239.255.0.7,232.0.0.1}@eth; b@peer udp4 bind "
	"any:p add_membership={1}@eth; c udp4 multicast_if=eth {,multicast_loop=0} {send "
	"{1}:p,connect {1}:p send}; d@peer udp4 multicast_if=eth send {1}:p",
	"a udp6 bind any:p add_membership=[ff01::7]@eth; b@peer udp6 bind any:p "
	"add_membership=[ff01::7]@eth; c udp6 multicast_if=eth send [ff01::7]:p => c.send=ok>a",

	/* Rule 5: the sender's address, device, interface and scope. */
	"a udp4 reuseaddr multicast_all=0 bind any:p add_membership=mcast@eth; b udp4 reuseaddr "
	"multicast_all=0 bind any:p add_membership=mcast@lo; c udp4 {,bind lo:q,bind eth:q,bind "
	"mcast:q} "
	DEVICE " {,multicast_if=lo,multicast_if=eth} {,multicast_loop=0} {send mcast:p,connect "
	"mcast:p send}",
	"a udp6 reuseaddr multicast_all=0 bind any:p add_membership=mcast@eth; b udp6 reuseaddr "
	"bind mcast:p; c udp6 {,bind lo:q,bind eth:q} " DEVICE " "
	"{,multicast_if=lo,multicast_if=eth} {send mcast:p,connect mcast:p send}",
	"a udp4 bind any:p add_membership=mcast@lo; b udp4 multicast_if=lo send mcast:p; "
	"c udp4 send mcast:p; d udp4 bindtodevice=lo send mcast:p"
	" => b.send=ok>a c.send=ok>none d.send=ok>a",
	"a udp4 bindtodevice=lo multicast_if=eth => a.multicast_if=EINVAL",
	/* ... and of groups of several scopes, joined on either interface. */
	"a udp4 bind any:p add_membership={224.0.0.7,239.255.0.7}@{eth,lo}; c udp4 "
	"{,multicast_if=eth,multicast_if=lo,bindtodevice=lo} {,bind lo:q,bind eth:q,bind {1}:q} "
	"send {1}:p; d@peer udp4 send {1}:p",
	"a udp6 bind any:p add_membership={[ff01::7],[ff02::7],[ff05::7]}@{eth,lo}; c udp6 {,"
	"multicast_if=eth,multicast_if=lo,bindtodevice=lo} {,bind lo:q,bind [fe80::1%eth]:q} "
	"send {1}:p; d@peer udp6 send {1}:p",
	"a udp6 {,multicast_if=eth,bindtodevice=eth,bindtodevice=lo} {send,connect} {[ff02::fb],"
	"[ff02::fb%eth],[ff05::1],[ff01::1],[ff00::1]}:p; a send; b udp6 bind any:p send "
	"[ff02::1%eth]:p",
	/* A group that means something on one interface only: bind() takes that interface. */
	"a udp6 {,multicast_if=eth,bindtodevice=eth,bindtodevice=lo} bind {[ff02::1],[ff02::1%eth],"
	"[ff01::1%eth],[ff01::1],[ff05::1%eth],[ff00::1]}:p bindtodevice?; b udp6 multicast_if=eth "
	"send [ff02::1]:p send [ff01::1]:p send [ff05::1]:p",
	"a udp6 bind [ff02::1]:p; b udp6 bind [ff02::1%eth]:p bindtodevice?; c udp6 bind mcast:p"
	" => a.bind=EINVAL b.bind=ok b.bindtodevice?=eth c.bind=ok",
	"a udp{4,6} multicast_if? multicast_if=eth multicast_if? multicast_if=none multicast_if?; "
	"b udp{1} multicast_all? multicast_loop?",

	/* Rule 6. */
	"a udp4 {,broadcast} {,bindtodevice=eth,bindtodevice=lo,bind lo:q,bind eth:q} "
	"{send,connect} {255.255.255.255,192.0.2.255,127.255.255.255,192.0.2.0}:p; b udp4 bind "
	"any:p; a send",
	"a udp4 send 192.0.2.255:p; b udp4 connect 192.0.2.255:p; c udp4 broadcast send "
	"192.0.2.255:p"
	" => a.send=EACCES b.connect=EACCES c.send=ok",
	"a udp4 broadcast send 255.255.255.255:p; b udp4 broadcast bindtodevice=eth "
	"send 255.255.255.255:p => a.send=ENETUNREACH b.send=ok",
	"a udp4 bind {any,lo,eth,255.255.255.255,192.0.2.255,127.255.255.255}:p " DEVICE "; "
	BROADCASTS,
	"a udp4 " SHARE " bind any:p; b udp4 {1} bind {any,192.0.2.255,255.255.255.255,eth}:p; "
	BROADCASTS "; a close; c send 255.255.255.255:p",
	"a udp4 " SHARE " bind any:p; b udp4 {1} bind any:p; c udp4 broadcast send 192.0.2.255:p"
	" => c.send=ok>a,b",
	"a udp4 reuseport bind any:p; b udp4 reuseport bind any:p; a steer={0,1}; c udp4 broadcast "
	"send 192.0.2.255:p => c.send=ok>a,b",
	"a@peer udp4 {,reuseaddr} bind any:p; b@peer udp4 {1} bind {any,192.0.2.255}:p; "
	"c udp4 broadcast bindtodevice=eth send 255.255.255.255:p send 192.0.2.255:p; "
	"d udp4 bind any:p; c send 255.255.255.255:p",
	/* A server bound to its address hears no broadcasts; one on the broadcast address hears
	 * nothing else. */
	"a udp4 bind eth:p; b udp4 bind 192.0.2.255:p; c udp4 broadcast send 192.0.2.255:p send "
	"eth:p"
	" => b.bind=ok c.send=ok>b c.send.2=ok>a",
	"a udp4 bind 255.255.255.255:p; c udp4 broadcast bindtodevice=eth send 192.0.2.255:p "
	"send 255.255.255.255:p => c.send=ok>none c.send.2=ok>a",
	/* IPv6 knows no broadcast, and a dual-stack socket gets that of IPv4. */
	"a udp6 {,v6only} bind {any,any4}:p; c udp4 broadcast send 192.0.2.255:p; d udp6 broadcast "
	"send [::ffff:192.0.2.255]:p; f udp6 send [::ffff:192.0.2.255]:p",
	/* Without anybody there is no error, for a group and for all. */
	"a udp{4,6} multicast_if=eth connect mcast:p send send recv => a.send.2=ok>none "
	"a.recv=EAGAIN",
	"a udp4 broadcast connect 192.0.2.255:p send send recv => a.send.2=ok>none a.recv=EAGAIN",

	/* Rule 7. */
	"a udp{4,6} add_membership={mcast@eth,mcast@lo,mcast}; a "
	"add_membership={mcast@eth,mcast@lo,mcast}; a drop_membership={mcast@eth,mcast@lo,mcast}; "
	"a drop_membership=mcast@eth; a add_membership=mcast@eth",
	"a udp{4,6} add_membership=mcast add_membership=mcast => a.add_membership.2=EADDRINUSE",
	"a udp{4,6} drop_membership=mcast => a.drop_membership=EADDRNOTAVAIL",
	"a udp4 drop_membership=10.0.0.1 => a.drop_membership=ENODEV",
	"a udp4 {add_membership,drop_membership}={10.0.0.1,255.255.255.255,192.0.2.255,127.0.0.1,"
	"0.0.0.0,224.0.0.1,224.0.0.0}@{eth,lo}",
	"a udp6 {add_membership,drop_membership}={[2001:db8::1],[::1],[::],[ff00::1],[ff01::1],"
	"[ff02::1],[ff0e::1]}@{eth,lo}",
	"a udp4 add_membership=10.0.0.1@eth => a.add_membership=EINVAL",
	"a udp4 add_membership=239.0.0.1@lo add_membership=239.0.0.2@lo "
	"add_membership=239.0.0.3@lo add_membership=239.0.0.4@lo add_membership=239.0.0.5@lo "
	"add_membership=239.0.0.6@lo add_membership=239.0.0.7@lo add_membership=239.0.0.8@lo "
	"add_membership=239.0.0.9@lo add_membership=239.0.0.10@lo add_membership=239.0.0.11@lo "
	"add_membership=239.0.0.12@lo add_membership=239.0.0.13@lo add_membership=239.0.0.14@lo "
	"add_membership=239.0.0.15@lo add_membership=239.0.0.16@lo add_membership=239.0.0.17@lo "
	"add_membership=239.0.0.18@lo add_membership=239.0.0.19@lo add_membership=239.0.0.20@lo "
	"add_membership=239.0.0.21@lo"
	" => a.add_membership.21=ENOBUFS",
	"sysctl igmp_max_memberships={0,1,2}; a udp4 add_membership=mcast@eth; a "
	"add_membership=mcast@lo; b udp4 add_membership=mcast@eth",
	/* A membership needs no bind(), comes before or after it, and may be a stream socket's. */
	"a udp{4,6} {add_membership=mcast@eth bind any:p,bind any:p add_membership=mcast@eth} "
	"multicast_if=eth send mcast:p => a.send=ok>a",
	"a udp{4,6} bind any:p; t tcp{1} add_membership=mcast@eth; c udp{1} multicast_if=eth send "
	"mcast:p",
	"a tcp4 multicast_if=lo => a.multicast_if=EINVAL",

	/* Rule 9: from this host, from the second one, or both; two calls on one membership, and
	 * two sockets with one each. */
	"a udp4 bind any:p {,add_membership=mcast@eth}; a " ANY_SOURCE_CALL "; a "
	ANY_SOURCE_CALL "; "
	BOTH_SEND4,
	"a udp4 reuseaddr bind any:p {,add_membership=mcast@eth} sockopt=0:{38,39}:" ON_ETH
	"{c0000201,c0000202}; b udp4 reuseaddr " ALL " bind any:p; b "
	"{recvtos,add_membership=mcast@eth,"
	ADD_SOURCE FROM_ETH "," ADD_SOURCE FROM_PEER "}; " BOTH_SEND4,
	"a udp4 bind any:p " ADD_SOURCE FROM_PEER "; " BOTH_SEND4 " => c.send=ok>none d.send=ok>a",
	"a udp4 bind any:p add_membership=mcast@eth " BLOCK_SOURCE FROM_PEER "; " BOTH_SEND4
	"; a " UNBLOCK_SOURCE FROM_PEER "; d send mcast:p"
	" => c.send=ok>a d.send=ok>none d.send.2=ok>a",
	"a udp6 bind any:p {,add_membership=mcast@eth}; a " ANY_SOURCE_CALL6 "; a "
	ANY_SOURCE_CALL6 "; "
	BOTH_SEND6,
	"a udp6 reuseaddr bind any:p " SOURCE6("46", PEER6) "; b udp6 reuseaddr " ALL " bind any:p "
	"{,add_membership=mcast@eth," SOURCE6("46", ETH6) "}; " BOTH_SEND6,
	"a udp6 bind any:p " SOURCE6("46", PEER6) "; " BOTH_SEND6 " => c.send=ok>none d.send=ok>a",
	/* A neighbour without a membership gets what the host takes, by the others' memberships. */
	"a udp4 reuseaddr bind any:p " ADD_SOURCE FROM_PEER "; b udp4 reuseaddr bind any:p; "
	BOTH_SEND4
	" => c.send=ok>none d.send=ok>b,a",
	"a udp4 reuseaddr bind any:p " ADD_SOURCE FROM_PEER "; b udp4 reuseaddr bind any:p "
	"add_membership=mcast@eth; " BOTH_SEND4 " => c.send=ok>b d.send=ok>b,a",
	/* A call that fails has made it a membership for sources, of which it has none. */
	"a udp4 bind any:p add_membership=mcast@eth; c udp4 multicast_if=eth send mcast:p; a "
	DROP_SOURCE
	FROM_ETH "; c send mcast:p => a.sockopt=EADDRNOTAVAIL c.send=ok>a c.send.2=ok>none",
	"a udp4 bind any:p add_membership=mcast@eth " ADD_SOURCE FROM_PEER "; " BOTH_SEND4
	"; a " DROP_SOURCE FROM_PEER "; d send mcast:p; a drop_membership=mcast@eth"
	" => c.send=ok>none d.send=ok>a d.send.2=ok>none a.drop_membership=EADDRNOTAVAIL",
	/* By which interface it is, an address of it says; and what is no group, or too long. */
	"a udp4 bind any:p; a "
	"sockopt=0:{37,38,39,40}:{efff0001,0a000001}{c0000201,7f000001,c6336401,00000000}"
	"c0000202{,00}; "
	BOTH_SEND4,
	"a udp4 "
	"{add_membership=10.0.0.1,sockopt=0:{35,36}:{efff0001,0a000001}{c6336401,c0000201}}; a "
	"drop_membership=mcast@eth",
	/* A socket of IPv6 may, and one that is a stream. */
	"a udp6 bind any:p " ADD_SOURCE "{" FROM_ETH "," FROM_PEER "}; " BOTH_SEND4,
	"t {tcp4 " ADD_SOURCE FROM_ETH ",mptcp4 " ADD_SOURCE FROM_ETH ",tcp4 "
	"add_membership=mcast@eth}; a udp4 bind any:p; " BOTH_SEND4,
	"a udp4 " ADD_SOURCE ON_ETH "01000001; a " ADD_SOURCE ON_ETH "01000002; a "
	ADD_SOURCE ON_ETH
	"01000003; a " ADD_SOURCE ON_ETH "01000004; a " ADD_SOURCE ON_ETH "01000005; a " ADD_SOURCE
	ON_ETH "01000006; a " ADD_SOURCE ON_ETH "01000007; a " ADD_SOURCE ON_ETH "01000008; a "
	ADD_SOURCE ON_ETH "01000009; a " ADD_SOURCE ON_ETH "0100000a; a " ADD_SOURCE ON_ETH
	"{0100000b,01000001}; a " DROP_SOURCE ON_ETH "01000001; a " ADD_SOURCE ON_ETH "0100000b"
	" => a.sockopt.11=ENOBUFS",

	/* tmds/Tmds.MDns#28, grandcat/zeroconf#89, philippe44/LMS-Raop#55: responders of mDNS side
	 * by side, by the flags of the first and the second, of two users or of one. */
	"as 1000 a udp4 " FLAGS " bind any:p add_membership=224.0.0.251@eth; {as 1000,as 1001} b "
	"udp4 "
	FLAGS " bind any:p add_membership=224.0.0.251@eth; c udp4 multicast_if=eth send "
	"224.0.0.251:p send eth:p",
	"as 1000 a udp6 v6only " FLAGS " bind any:p add_membership=[ff02::fb]@eth; {as 1000,as "
	"1001} b udp6 v6only " FLAGS " bind any:p add_membership=[ff02::fb]@eth; c udp6 "
	"multicast_if=eth send [ff02::fb]:p send eth:p",
	"a udp4 reuseaddr bind any:5353 add_membership=224.0.0.251@eth; b udp4 reuseaddr bind "
	"any:5353 add_membership=224.0.0.251@eth; c udp4 multicast_if=eth send 224.0.0.251:5353 "
	"send eth:5353"
	" => c.send=ok>a,b c.send.2=ok>b",
	/* The first set one of the flags, the second one the other. */
	"a udp4 reuseaddr bind any:5353; b udp4 reuseport bind any:5353; c udp4 reuseaddr "
	"reuseport bind any:5353 => b.bind=EADDRINUSE c.bind=ok",
	"a udp4 reuseport bind any:5353; b udp4 reuseaddr bind any:5353; c udp4 reuseaddr "
	"reuseport bind any:5353 => b.bind=EADDRINUSE c.bind=ok",
	/* With both flags it depends on who is there, and as whom. */
	"as 1000 a udp4 reuseaddr reuseport bind any:5353; as 1001 b udp4 reuseport bind any:5353; "
	"as 1001 c udp4 reuseaddr bind any:5353 => b.bind=EADDRINUSE c.bind=ok",
	/* One that looks first whether it is alone, by a bind() without flags. */
	"a udp4 bind any:5353 reuseaddr; b udp4 bind any:5353; b reuseaddr bind any:5353 "
	"add_membership=224.0.0.251@eth; c udp4 multicast_if=eth send 224.0.0.251:5353"
	" => b.bind=EADDRINUSE b.bind.2=ok c.send=ok>a,b",
	/* For both families: one socket each, or one for both that nobody may be beside. */
	"a udp4 reuseaddr bind any:5353; b udp6 reuseaddr v6only bind any:5353; d udp6 "
	"{,reuseaddr} bind any:5353",
	/* A browser's and a responder's socket: bound to the group, and to any. */
	"a udp4 reuseaddr bind any:5353 add_membership=224.0.0.251@eth; b udp4 reuseaddr "
	"bind 224.0.0.251:5353; c udp4 multicast_if=eth send 224.0.0.251:5353 send eth:5353"
	" => c.send=ok>a,b c.send.2=ok>a",
	/* The answer by unicast goes to the port that asked; asked from 5353 it is the newest's. */
	"a udp4 reuseaddr bind any:5353 add_membership=224.0.0.251@eth; b udp4 reuseaddr bind "
	"any:5353 add_membership=224.0.0.251@eth; a multicast_if=eth send 224.0.0.251:5353; "
	"r@peer udp4 bind peer:5353 send eth:5353 => a.send=ok>a,b r.send=ok>b",
	NULL,
};

static const char *const full[] = {
	/* Two receivers: device, IP_MULTICAST_ALL, address and membership of each. */
	"a udp{4,6} reuseaddr " DEVICE " " ALL " bind {any,mcast}:p " JOINED "; b udp{1} reuseaddr "
	DEVICE " " ALL " bind {any,mcast}:p " JOINED "; c udp{1} multicast_if=eth send mcast:p; "
	"d@peer udp{1} send mcast:p",
	/* Two receivers of any family, with all flags. */
	"a {udp4 " SHARE " bind {any,mcast},udp6 " SHARE " bind {any,any4,mcast}}:p "
	"{,add_membership=mcast@eth}; b {udp4 " SHARE " bind {any,mcast},udp6 " SHARE
	" bind {any,any4,mcast}}:p {,add_membership=mcast@eth}; " SENDER4 "; d udp6 "
	"multicast_if=eth send mcast:p",
	/* Two receivers of broadcasts. */
	"a udp4 {reuseaddr,reuseport} " DEVICE " bind {any,lo,eth,192.0.2.255,255.255.255.255}:p; "
	"b udp4 {1} " DEVICE " bind {any,lo,eth,192.0.2.255,255.255.255.255}:p; " BROADCASTS,
	/* What changes between one datagram and the next: a peer, a device, a membership. */
	"a udp4 reuseaddr bind {any,mcast,192.0.2.255}:p add_membership=mcast@{eth,lo}; b udp4 "
	"reuseaddr bind {any,mcast}:p; b {connect eth:q,connect mcast:q,bindtodevice=eth,"
	"drop_membership=mcast@eth}; q udp4 {bind eth:q,bind any:q,bind lo:q} "
	"multicast_if={eth,lo}; q send mcast:p; a {disconnect,drop_membership=mcast,connect "
	"eth:q}; q send mcast:p send eth:p; r@peer udp4 broadcast bind any:q; r send mcast:p send "
	"192.0.2.255:p",
	"a udp6 reuseaddr bind {any,mcast}:p add_membership=mcast@{eth,lo}; b udp6 reuseaddr "
	"bind {any,mcast}:p; b {connect eth:q,connect mcast:q,bindtodevice=eth,"
	"drop_membership=mcast@eth}; q udp6 {bind eth:q,bind any:q,bind lo:q} multicast_if=eth; "
	"q send mcast:p; a {disconnect,drop_membership=mcast,connect eth:q}; q send mcast:p send "
	"eth:p; r@peer udp6 multicast_if=eth bind any:q; r send mcast:p",
	/* Three calls about sources. */
	"a udp4 bind any:p {,add_membership=mcast@eth}; a " ANY_SOURCE_CALL "; a "
	ANY_SOURCE_CALL "; a " ANY_SOURCE_CALL "; " BOTH_SEND4,
	/* Three, of which each may have joined, and one leaves. */
	"a udp{4,6} reuseaddr " ALL " bind any:p {,add_membership=mcast@eth}; b udp{1} reuseaddr "
	ALL
	" bind any:p {,add_membership=mcast@eth}; d udp{1} reuseaddr bind {any,mcast}:p "
	"{,add_membership=mcast@eth}; c udp{1} multicast_if=eth send mcast:p; {a,b,d} close; "
	"c send mcast:p",
	NULL,
};
/* clang-format on */

/* s1..sn share any:p, by SO_REUSEADDR or SO_REUSEPORT: each gets its copy, and one gets the
 * unicast.
 */
static void print_sweep(unsigned n, const char *proto, const char *flag, struct ft_text *out)
{
	for (unsigned i = 1; i <= n; i++)
		ft_text_printf(out, "s%u %s %s bind any:p%s; ", i, proto, flag,
			       i == 1 ? " add_membership=mcast@eth" : "");
	if (flag[5] == 'p')
		ft_text_str(out, "s1 steer=0; ");
	ft_text_printf(out, "c %s multicast_if=eth send mcast:p send eth:p => c.send=ok", proto);
	for (unsigned i = 1; i <= n && n <= FT_CASE_GOT_MAX; i++)
		ft_text_printf(out, "%cs%u", i == 1 ? '>' : ',', i);
	ft_text_printf(out, " c.send.2=ok>s%u", flag[5] == 'p' ? 1 : n);
}

static int generate(struct ft_job *job, struct ft_err *err)
{
	static const unsigned sizes[] = {2, 9, 10, 11, 12, 64, 256};
	static const char *const protos[] = {"udp4", "udp6"};
	static const char *const flags[] = {"reuseaddr", "reuseport"};
	struct ft_text text;
	int rc = 0;

	ft_text_init(&text, FT_CASE_TEXT_MAX);
	for (unsigned i = 0; rc == 0 && i < 4 * sizeof(sizes) / sizeof(sizes[0]); i++) {
		ft_text_clear(&text);
		print_sweep(sizes[i / 4], protos[i % 2], flags[i / 2 % 2], &text);
		if (text.failed)
			rc = ft_err_set(err, -ENOMEM, "no memory for a sweep");
		else
			rc = ft_job_add(job, ft_text_get(&text), text.len, "probe multicast sweep",
					i + 1, err);
	}
	ft_text_fini(&text);
	return rc;
}

static const struct ft_probe probe = {
	.name = "multicast",
	.question = "Who gets a copy of what is sent to a group or to all?",
	.matrices = matrices,
	.full = full,
	.generate = generate,
};

int main(int argc, char **argv)
{
	return ft_probe_main(argc, argv, &probe);
}
