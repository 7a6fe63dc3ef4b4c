/* SPDX-License-Identifier: MIT */
/*
 * How do symbolic addresses become real ones, and back?
 *
 * The text says `lo:p`; the kernel says 127.0.0.1:40001. Outcomes are compared between runs and
 * machines, so everything read back is turned into the words of the language again. Ports that
 * the kernel chose are e1, e2, ... in the order in which they were first seen.
 */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "engine/run.h"

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static int port_of(const struct ft_run *run, const struct ft_endpoint *at, in_port_t *ret_port)
{
	switch (at->port) {
	case FT_PORT_NAMED:
		*ret_port = htons((uint16_t)(run->first_port + at->number));
		return 0;
	case FT_PORT_KERNEL:
		if (at->number == 0 || at->number > run->n_kernel_ports)
			return -ENOENT;
		*ret_port = htons(run->kernel_ports[at->number - 1]);
		return 0;
	default:
		*ret_port = htons(at->number);
		return 0;
	}
}

/* A literal keeps its own family, whatever the socket's: what the kernel says to that is the
 * answer. */
static int domain_of(enum ft_family family, const struct ft_endpoint *at)
{
	if (at->host == FT_HOST_LITERAL4)
		return AF_INET;
	if (at->host == FT_HOST_LITERAL6)
		return AF_INET6;
	return ft_families[family].domain;
}

int ft_address_of(const struct ft_run *run, enum ft_family family, const struct ft_endpoint *at,
		  union ft_sockaddr *ret_address, socklen_t *ret_len)
{
	bool literal = at->host >= FT_HOST_LITERAL4;
	bool v4 = domain_of(family, at) == AF_INET;
	unsigned scope = 0;
	in_port_t port;
	int rc = port_of(run, at, &port);

	if (rc < 0)
		return rc;
	if (!v4 && at->scope[0]) {
		scope = if_nametoindex(at->scope);
		if (scope == 0)
			return -ENODEV;
	}
	if (v4) {
		ret_address->v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = port};
		memcpy(&ret_address->v4.sin_addr, literal ? at->bytes : ft_hosts[at->host].v4, 4);
		*ret_len = sizeof(ret_address->v4);
	} else {
		ret_address->v6 = (struct sockaddr_in6){.sin6_family = AF_INET6,
							.sin6_port = port,
							.sin6_scope_id = scope};
		memcpy(&ret_address->v6.sin6_addr, literal ? at->bytes : ft_hosts[at->host].v6, 16);
		*ret_len = sizeof(ret_address->v6);
	}
	return 0;
}

/* Makes room for one more of e1, e2, ... */
static bool grow_ports(struct ft_run *run)
{
	size_t size = run->size_kernel_ports ? 2 * run->size_kernel_ports : 16;
	uint16_t *grown;

	if (run->n_kernel_ports < run->size_kernel_ports)
		return true;
	grown = reallocarray(run->kernel_ports, size, sizeof(*grown));
	if (!grown)
		return false;
	run->kernel_ports = grown;
	run->size_kernel_ports = size;
	return true;
}

/* The next of e1, e2, ...; false where the port is none of these. */
static bool add_kernel_port(struct ft_run *run, uint16_t port)
{
	if (run->n_kernel_ports == FT_CASE_CHOSEN_MAX ||
	    ft_case_writes(&run->c, &run->numbers, port))
		return false;
	if (!grow_ports(run)) {
		ft_run_end(run, FT_VERDICT_BROKEN, "no memory for the ports of this case");
		return false;
	}
	run->kernel_ports[run->n_kernel_ports++] = port;
	return true;
}

static void name_port(struct ft_run *run, uint16_t port, struct ft_endpoint *at)
{
	size_t n = 0;

	at->port = FT_PORT_NUMBER;
	at->number = port;
	if (port == 0)
		return;
	if (port >= run->first_port && port < (uint32_t)run->first_port + run->c.names->n_ports) {
		at->port = FT_PORT_NAMED;
		at->number = (uint16_t)(port - run->first_port);
		return;
	}
	while (n < run->n_kernel_ports && run->kernel_ports[n] != port)
		n++;
	if (n == run->n_kernel_ports && !add_kernel_port(run, port))
		return;
	at->port = FT_PORT_KERNEL;
	at->number = (uint16_t)(n + 1);
}

static void name_v4(const uint8_t *bytes, struct ft_endpoint *at)
{
	for (unsigned host = 0; host < FT_HOST_LITERAL4; host++)
		if (host != FT_HOST_ANY4 && host != FT_HOST_LO4 &&
		    memcmp(ft_hosts[host].v4, bytes, 4) == 0) {
			at->host = (uint8_t)host;
			return;
		}
	at->host = FT_HOST_LITERAL4;
	memcpy(at->bytes, bytes, 4);
}

static void name_v6(const struct sockaddr_in6 *v6, struct ft_endpoint *at)
{
	for (unsigned host = 0; host < FT_HOST_LITERAL4; host++)
		if (memcmp(ft_hosts[host].v6, &v6->sin6_addr, 16) == 0) {
			at->host = (uint8_t)host;
			return;
		}
	at->host = FT_HOST_LITERAL6;
	memcpy(at->bytes, &v6->sin6_addr, 16);
	if (v6->sin6_scope_id && !if_indextoname(v6->sin6_scope_id, at->scope))
		at->scope[0] = '\0';
}

struct ft_endpoint ft_address_name(struct ft_run *run, const union ft_sockaddr *address)
{
	struct ft_endpoint at;

	memset(&at, 0, sizeof(at));
	if (address->any.sa_family == AF_INET) {
		name_v4((const uint8_t *)&address->v4.sin_addr, &at);
		name_port(run, ntohs(address->v4.sin_port), &at);
	} else {
		name_v6(&address->v6, &at);
		name_port(run, ntohs(address->v6.sin6_port), &at);
	}
	return at;
}

struct ft_address ft_address_plain(const union ft_sockaddr *address)
{
	struct ft_address plain = {.family = address->any.sa_family};

	if (plain.family == AF_INET) {
		plain.port = ntohs(address->v4.sin_port);
		memcpy(plain.bytes, &address->v4.sin_addr, 4);
		return plain;
	}
	plain.port = ntohs(address->v6.sin6_port);
	memcpy(plain.bytes, &address->v6.sin6_addr, 16);
	if (memcmp(plain.bytes, mapped_prefix, sizeof(mapped_prefix)) == 0) {
		plain.family = AF_INET;
		memmove(plain.bytes, plain.bytes + 12, 4);
		memset(plain.bytes + 4, 0, 12);
	}
	return plain;
}

bool ft_address_equal(const struct ft_address *a, const struct ft_address *b)
{
	return a->family == b->family && a->port == b->port &&
	       memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

struct ft_address ft_address_local(int fd)
{
	union ft_sockaddr a;
	socklen_t len = sizeof(a);

	if (getsockname(fd, &a.any, &len) < 0)
		return (struct ft_address){.family = 0};
	return ft_address_plain(&a);
}

struct ft_address ft_address_remote(int fd)
{
	union ft_sockaddr a;
	socklen_t len = sizeof(a);

	if (getpeername(fd, &a.any, &len) < 0)
		return (struct ft_address){.family = 0};
	return ft_address_plain(&a);
}

static bool same_endpoint(const struct ft_endpoint *a, const struct ft_endpoint *b)
{
	return a->host == b->host && a->port == b->port && a->number == b->number &&
	       memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

void ft_address_read_back(struct ft_exec *x, struct ft_result *result)
{
	struct ft_sock *sock = x->sock;
	union ft_sockaddr a;
	socklen_t len = sizeof(a);
	struct ft_endpoint now;

	if (getsockname(sock->fd, &a.any, &len) < 0)
		return;
	now = ft_address_name(x->run, &a);
	result->local = now;
	result->port = ntohs(a.any.sa_family == AF_INET ? a.v4.sin_port : a.v6.sin6_port);
	result->has_local = !sock->local_known || !same_endpoint(&now, &sock->local);
	sock->local = now;
	sock->local_known = true;
}
