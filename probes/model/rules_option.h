/* SPDX-License-Identifier: MIT */
/* Which rules decide about options? See rules.h. */
#ifndef FT_MODEL_RULES_OPTION_H
#define FT_MODEL_RULES_OPTION_H

#define FT_RULES_OPTION(X)                                                                        \
	X(OPTION_V6ONLY_BOUND, "option.v6only.bound",                                             \
	  "IPV6_V6ONLY cannot be changed while the socket holds a port.", "do_ipv6_setsockopt()") \
	X(OPTION_DEVICE_USER, "option.device.user",                                               \
	  "Without CAP_NET_RAW a socket may be bound to a device once, and not to another one "   \
	  "then.",                                                                                \
	  "sock_bindtoindex_locked(), c427bfec18f2")                                              \
	X(OPTION_PRIVILEGE, "option.privilege",                                                   \
	  "Some options take a capability: transparent, mark, debug, priority above 6.",          \
	  "sk_setsockopt(), do_ip_setsockopt(), socket(7), ip(7)")

#endif
