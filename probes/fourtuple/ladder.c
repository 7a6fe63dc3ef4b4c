/* SPDX-License-Identifier: MIT */
/*
 * Which packets did a case cause, in which order? Its part of the savefile, a line a packet, with
 * the names that its 4-tuples give to addresses.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "capture/readback.h"
#include "fourtuple/plain.h"
#include "fourtuple/show.h"

enum { NAME_BYTES = 96, LINES_MAX = 1000 };

struct ladder {
	const json_t *tuples;
	uint64_t first, last, begin_ns, shown, hidden;
	struct ft_look look;
	FILE *file;
};

static void print_address(uint8_t family, const uint8_t *bytes, uint16_t port, char out[NAME_BYTES])
{
	char text[INET6_ADDRSTRLEN] = "?";

	inet_ntop(family == 6 ? AF_INET6 : AF_INET, bytes, text, sizeof(text));
	snprintf(out, NAME_BYTES, family == 6 ? "[%s]:%u" : "%s:%u", text, port);
}

/* An address is known by the name that a 4-tuple has for it; else by itself. */
static void put_name(const struct ladder *ladder, char address[NAME_BYTES])
{
	json_t *tuple;
	size_t i;

	json_array_foreach(ladder->tuples, i, tuple)
	{
		json_t *actual = json_object_get(tuple, "actual");

		for (size_t side = 0; side < 2; side++) {
			const char *text = json_string_value(json_array_get(actual, side));
			const char *name = ft_gathered_text(tuple, side ? "remote" : "local");

			if (!text || !name[0] || strcmp(text, address) != 0)
				continue;
			snprintf(address, NAME_BYTES, "%s", name);
			return;
		}
	}
}

static const char *icmp_name(const struct ft_packet *packet)
{
	bool v6 = packet->flow.family == 6;

	if (v6 && packet->icmp_type == 1)
		return packet->icmp_code == 4 ? "port unreachable" : "unreachable";
	if (!v6 && packet->icmp_type == 3)
		return packet->icmp_code == 3 ? "port unreachable" : "unreachable";
	return "error";
}

static void print_what(const struct ft_packet *packet, FILE *file)
{
	char flags[32];

	if (packet->icmp_error) {
		fprintf(file, "ICMP %s", icmp_name(packet));
		return;
	}
	if (packet->flow.protocol == IPPROTO_TCP) {
		ft_packet_flags(packet->tcp_flags, flags);
		fputs(flags, file);
		if (!packet->payload_len)
			return;
		fputs(", ", file);
	} else {
		fputs("UDP ", file);
	}
	ft_plain_count(packet->payload_len, "byte", file);
}

static void print_packet(struct ladder *ladder, uint64_t number, uint64_t ts_ns,
			 const struct ft_packet *packet)
{
	const struct ft_flow_key *flow = &packet->flow;
	char source[NAME_BYTES], target[NAME_BYTES];

	print_address(flow->family, flow->source, flow->source_port, source);
	print_address(flow->family, flow->target, flow->target_port, target);
	put_name(ladder, source);
	put_name(ladder, target);
	if (!ladder->begin_ns)
		ladder->begin_ns = ts_ns;
	/* An ICMP error goes the other way than the packet that it quotes. */
	fprintf(ladder->file, "  %s%4" PRIu64 " %8" PRIu64 " us%s  %s %s %s  ", ladder->look.dim,
		number, ts_ns > ladder->begin_ns ? (ts_ns - ladder->begin_ns) / 1000 : 0,
		ladder->look.end, source, packet->icmp_error ? "<-" : "->", target);
	print_what(packet, ladder->file);
	fputc('\n', ladder->file);
}

static int take_packet(void *arg, uint64_t number, uint64_t ts_ns, enum ft_decoded decoded,
		       const struct ft_packet *packet)
{
	struct ladder *ladder = arg;

	(void)decoded;
	if (number < ladder->first || number > ladder->last || !packet)
		return number > ladder->last;
	if (ladder->shown == LINES_MAX) {
		ladder->hidden++;
		return 0;
	}
	ladder->shown++;
	print_packet(ladder, number, ts_ns, packet);
	return 0;
}

int ft_show_ladder(const json_t *record, const char *savefile, FILE *file, struct ft_err *err)
{
	const json_t *range = json_object_get(record, "packets");
	json_int_t first = json_integer_value(json_array_get(range, 0));
	json_int_t last = json_integer_value(json_array_get(range, 1));
	struct ladder ladder = {
		.tuples = json_object_get(record, "tuples"),
		.first = (uint64_t)first,
		.last = (uint64_t)last,
		.look = ft_look_of(file),
		.file = file,
	};
	int rc;

	if (first <= 0 || last < first) {
		fputs("  none\n", file);
		return 0;
	}
	rc = ft_savefile_read(savefile, take_packet, &ladder, err);
	if (ladder.hidden)
		fprintf(file, "  and %" PRIu64 " more; --pcap FILE keeps them all\n",
			ladder.hidden);
	return rc < 0 ? rc : 0;
}
