/* SPDX-License-Identifier: MIT */
/*
 * Which address and port does `lo:p` mean?
 *
 * The host is a word of the table, a dotted v4 literal or a v6 literal in brackets, the port a
 * number, a name or eN. Whether a v4 literal fits a v6 socket is the kernel's to say.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "case/nearest.h"
#include "case/parse.h"

static int unknown_host(struct ft_parser *p, struct ft_slice host)
{
	struct ft_nearest nearest;

	ft_nearest_init(&nearest, host.at, host.len);
	for (int i = 0; i < FT_HOST_LITERAL4; i++)
		ft_nearest_try(&nearest, ft_hosts[i].word);
	return ft_parse_error(p, -EINVAL, host.at, "unknown address %s%s",
			      ft_parse_quote(host).text, ft_nearest_hint(&nearest).text);
}

/* inet_pton() wants a NUL. False if it is no literal of that family. */
static bool literal(int family, struct ft_slice slice, uint8_t *bytes)
{
	char text[INET6_ADDRSTRLEN];

	if (slice.len >= sizeof(text))
		return false;
	memcpy(text, slice.at, slice.len);
	text[slice.len] = '\0';
	return inet_pton(family, text, bytes) == 1;
}

/* What stands between the brackets. */
static int parse_v6(struct ft_parser *p, struct ft_slice slice, struct ft_endpoint *ret)
{
	struct ft_slice address = slice;
	const char *scope = "";
	uint16_t scope_len = 0;
	size_t percent;

	if (ft_slice_find(slice, '%', &percent)) {
		int r = ft_parse_device(p, ft_slice_from(slice, percent + 1), &scope, &scope_len);

		if (r)
			return r;
		address = ft_slice_to(slice, percent);
	}
	ret->host = FT_HOST_LITERAL6;
	if (!literal(AF_INET6, address, ret->bytes))
		return ft_parse_error(p, -EINVAL, slice.at, "%s is no IPv6 address",
				      ft_parse_quote(address).text);
	memcpy(ret->scope, scope, scope_len);
	return 0;
}

int ft_parse_host(struct ft_parser *p, struct ft_slice slice, bool bare_v6, struct ft_endpoint *ret)
{
	size_t colon;

	if (slice.len && *slice.at == '[') {
		if (slice.at[slice.len - 1] != ']')
			return ft_parse_error(p, -EINVAL, slice.at, "'[' without ']' in %s",
					      ft_parse_quote(slice).text);
		return parse_v6(p, (struct ft_slice){slice.at + 1, slice.len - 2}, ret);
	}
	if (ft_slice_find(slice, ':', &colon)) {
		if (bare_v6)
			return parse_v6(p, slice, ret);
		return ft_parse_error(p, -EINVAL, slice.at,
				      "an IPv6 address stands in brackets: [%.*s]",
				      (int)(slice.len < 60 ? slice.len : 60), slice.at);
	}
	if (literal(AF_INET, slice, ret->bytes)) {
		ret->host = FT_HOST_LITERAL4;
		return 0;
	}
	for (uint8_t i = 0; i < FT_HOST_LITERAL4; i++) {
		if (ft_slice_is(slice, ft_hosts[i].word)) {
			ret->host = i;
			return 0;
		}
	}
	return unknown_host(p, slice);
}

static bool all_digits(struct ft_slice slice)
{
	for (size_t i = 0; i < slice.len; i++)
		if (slice.at[i] < '0' || slice.at[i] > '9')
			return false;
	return slice.len > 0;
}

static int parse_port(struct ft_parser *p, struct ft_slice slice, struct ft_endpoint *ret)
{
	uint64_t number;
	int r;

	if (all_digits(slice)) {
		ret->port = FT_PORT_NUMBER;
		if (!ft_slice_number(slice, UINT16_MAX, &number))
			return ft_parse_error(p, -EINVAL, slice.at, "port %s is above 65535",
					      ft_parse_quote(slice).text);
		ret->number = (uint16_t)number;
		return 0;
	}
	if (slice.len > 1 && *slice.at == 'e' && all_digits(ft_slice_from(slice, 1))) {
		ret->port = FT_PORT_KERNEL;
		if (!ft_slice_number(ft_slice_from(slice, 1), FT_CASE_CHOSEN_MAX, &number) ||
		    !number)
			return ft_parse_error(p, -EINVAL, slice.at,
					      "port %s is not among e1 to e%d (FT_CASE_CHOSEN_MAX)",
					      ft_parse_quote(slice).text, FT_CASE_CHOSEN_MAX);
		ret->number = (uint16_t)number;
		return 0;
	}
	r = ft_parse_name(p, slice, "port");
	if (r)
		return r;
	ret->port = FT_PORT_NAMED;
	r = ft_name_intern(&p->ports, p->arena, slice, FT_CASE_PORTS_MAX, &ret->number);
	if (r == -E2BIG)
		return ft_parse_error(p, r, slice.at, "more than %d port names (FT_CASE_PORTS_MAX)",
				      FT_CASE_PORTS_MAX);
	return r ? ft_parse_error(p, r, slice.at, "out of memory") : 0;
}

int ft_parse_endpoint(struct ft_parser *p, struct ft_slice slice, struct ft_endpoint *ret)
{
	struct ft_endpoint at = {0};
	size_t colon;
	int r;

	if (!ft_slice_find_last(slice, ':', &colon) || !colon)
		return ft_parse_error(p, -EINVAL, slice.at, "%s is no ADDRESS:PORT",
				      ft_parse_quote(slice).text);
	r = ft_parse_host(p, ft_slice_to(slice, colon), false, &at);
	if (!r)
		r = parse_port(p, ft_slice_from(slice, colon + 1), &at);
	if (!r)
		*ret = at;
	return r;
}

/* Whatever is not this host alone: the veth pair's networks, multicast, which is routed to it, and
 * all addresses that lead nowhere. Where eth is there its address is the source for these too, and
 * cases must not depend on whether an earlier one has made it. */
static bool is_eth_v4(const uint8_t *bytes)
{
	return bytes[0] != 127 && bytes[0] != 0;
}

static bool is_eth_v6(const uint8_t *bytes)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	static const uint8_t zero[15];

	if (!memcmp(bytes, mapped, sizeof(mapped)))
		return is_eth_v4(bytes + sizeof(mapped));
	return memcmp(bytes, zero, sizeof(zero)) != 0 || bytes[15] > 1;
}

unsigned ft_device_needs(const char *device)
{
	return *device && strcmp(device, "lo") != 0 ? FT_NEED_ETH : 0;
}

unsigned ft_endpoint_needs(const struct ft_endpoint *at)
{
	unsigned needs = ft_device_needs(at->scope);

	if (at->port == FT_PORT_NUMBER && at->number)
		needs |= FT_NEED_OWN_NAMESPACE;
	switch (at->host) {
	case FT_HOST_ETH:
	case FT_HOST_PEER:
	case FT_HOST_MCAST:
		return needs | FT_NEED_ETH;
	case FT_HOST_LITERAL4:
		return needs | (is_eth_v4(at->bytes) ? FT_NEED_ETH : 0u);
	case FT_HOST_LITERAL6:
		return needs | (is_eth_v6(at->bytes) ? FT_NEED_ETH : 0u);
	default:
		return needs;
	}
}
