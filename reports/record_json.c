/* SPDX-License-Identifier: MIT */
/*
 * How does a record become one line of JSON in about the time of one system call?
 *
 * Jansson dumps a prepared object of a record's shape in 5 us: it hashes the address of every
 * container to find loops. So the braces, the fixed names of the fields and the numbers are written
 * here, and jansson quotes the texts (quote.c), which is where the rules are.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "reports/quote.h"
#include "reports/report.h"

enum { SCRATCH_MAX = 64 << 20 };

#define LITERAL(out, string) ft_text_bytes(out, string, sizeof(string) - 1)

/* inet_ntop() costs more than the rest of a tuple, and the addresses of a run are few. */
struct known_address {
	uint16_t family; /* 0 before the first use */
	uint8_t bytes[16];
	char text[INET6_ADDRSTRLEN];
};

struct ft_record_writer {
	struct ft_quote quote;
	struct ft_text scratch; /* a text before it is quoted */
	struct ft_text *out;
	int code; /* the first error of this line */
	struct known_address local, remote;
};

/* netinet/tcp.h, without TCP_. */
static const char *const states[] = {
	[1] = "ESTABLISHED",     [2] = "SYN_SENT",  [3] = "SYN_RECV", [4] = "FIN_WAIT1",
	[5] = "FIN_WAIT2",       [6] = "TIME_WAIT", [7] = "CLOSE",    [8] = "CLOSE_WAIT",
	[9] = "LAST_ACK",        [10] = "LISTEN",   [11] = "CLOSING", [12] = "NEW_SYN_RECV",
	[13] = "BOUND_INACTIVE",
};

struct ft_record_writer *ft_record_writer_new(void)
{
	struct ft_record_writer *writer = calloc(1, sizeof(*writer));

	if (!writer)
		return NULL;
	ft_text_init(&writer->scratch, SCRATCH_MAX);
	if (ft_quote_init(&writer->quote)) {
		free(writer);
		return NULL;
	}
	return writer;
}

void ft_record_writer_free(struct ft_record_writer *writer)
{
	if (!writer)
		return;
	ft_quote_fini(&writer->quote);
	ft_text_fini(&writer->scratch);
	free(writer);
}

static void put_quoted(struct ft_record_writer *writer, const char *text, size_t len)
{
	int code = ft_quote_text(&writer->quote, text, len, writer->out);

	if (code && !writer->code)
		writer->code = code;
}

static void put_string(struct ft_record_writer *writer, const char *string)
{
	put_quoted(writer, string, strlen(string));
}

/* The scratch text begins anew; put_scratch() quotes what was printed to it. */
static struct ft_text *scratch(struct ft_record_writer *writer)
{
	ft_text_clear(&writer->scratch);
	return &writer->scratch;
}

static void put_scratch(struct ft_record_writer *writer)
{
	if (writer->scratch.failed && !writer->code)
		writer->code = -ENOMEM;
	put_quoted(writer, ft_text_get(&writer->scratch), writer->scratch.len);
}

static void put_number(struct ft_text *out, uint64_t number)
{
	/* jansson's integers, and ours, are signed */
	ft_text_int(out, number > INT64_MAX ? INT64_MAX : (int64_t)number);
}

static void put_range(struct ft_text *out, uint64_t first, uint64_t last)
{
	ft_text_char(out, '[');
	put_number(out, first);
	ft_text_char(out, ',');
	put_number(out, last);
	ft_text_char(out, ']');
}

static void put_endpoint(struct ft_record_writer *writer, const struct ft_record *record,
			 const struct ft_endpoint *at)
{
	ft_endpoint_print(at, record->c->names, scratch(writer));
	put_scratch(writer);
}

static void put_address(struct ft_text *out, const struct ft_address *address,
			struct known_address *known)
{
	bool v6 = address->family == AF_INET6;

	if (address->family != AF_INET && !v6) {
		LITERAL(out, "null");
		return;
	}
	if (known->family != address->family || memcmp(known->bytes, address->bytes, 16)) {
		known->family = address->family;
		memcpy(known->bytes, address->bytes, 16);
		inet_ntop(address->family, known->bytes, known->text, sizeof(known->text));
	}
	ft_text_char(out, '"');
	if (v6)
		ft_text_char(out, '[');
	ft_text_str(out, known->text);
	if (v6)
		ft_text_char(out, ']');
	ft_text_char(out, ':');
	ft_text_int(out, address->port);
	ft_text_char(out, '"');
}

static void put_wire(struct ft_text *out, const struct ft_tuple *tuple)
{
	const struct ft_wire *wire = &tuple->wire;

	if (tuple->protocol == IPPROTO_TCP) {
		LITERAL(out, ",\"wire\":{\"syn\":");
		put_number(out, wire->syn);
		LITERAL(out, ",\"synack\":");
		put_number(out, wire->synack);
		LITERAL(out, ",\"ack\":");
		put_number(out, wire->ack);
		LITERAL(out, ",\"data\":");
		put_number(out, wire->data);
		LITERAL(out, ",\"fin\":");
		put_number(out, wire->fin);
		LITERAL(out, ",\"rst\":");
		put_number(out, wire->rst);
	} else {
		LITERAL(out, ",\"wire\":{\"datagrams\":");
		put_number(out, wire->datagrams);
	}
	if (wire->icmp || tuple->protocol != IPPROTO_TCP) {
		LITERAL(out, ",\"icmp\":");
		put_number(out, wire->icmp);
	}
	ft_text_char(out, '}');
}

static void put_evidence(struct ft_record_writer *writer, const struct ft_tuple *tuple)
{
	struct ft_text *out = writer->out;

	if (tuple->wire.captured)
		put_wire(out, tuple);
	if (tuple->has_diag) {
		bool known = tuple->diag < sizeof(states) / sizeof(*states) && states[tuple->diag];

		LITERAL(out, ",\"diag\":\"");
		ft_text_str(out, known ? states[tuple->diag] : "STATE_");
		if (!known)
			ft_text_int(out, tuple->diag);
		ft_text_char(out, '"');
	}
	if (tuple->wire.captured && tuple->wire.first) {
		LITERAL(out, ",\"packets\":");
		put_range(out, tuple->wire.first, tuple->wire.last);
	}
	LITERAL(out, ",\"actual\":[");
	put_address(out, &tuple->actual_local, &writer->local);
	ft_text_char(out, ',');
	put_address(out, &tuple->actual_remote, &writer->remote);
	ft_text_char(out, ']');
}

static const char *protocol_name(const struct ft_tuple *tuple)
{
	if (tuple->mptcp)
		return "mptcp";
	return tuple->protocol == IPPROTO_TCP   ? "tcp"
	       : tuple->protocol == IPPROTO_UDP ? "udp"
						: "sctp";
}

static void put_tuple(struct ft_record_writer *writer, const struct ft_record *record,
		      const struct ft_tuple *tuple)
{
	struct ft_text *out = writer->out;

	LITERAL(out, "{\"proto\":\"");
	ft_text_str(out, protocol_name(tuple));
	LITERAL(out, "\",\"local\":");
	put_endpoint(writer, record, &tuple->local);
	LITERAL(out, ",\"remote\":");
	put_endpoint(writer, record, &tuple->remote);
	LITERAL(out, ",\"by\":");
	put_string(writer, record->c->names->socket[tuple->by]);
	LITERAL(out, ",\"result\":\"");
	ft_end_print(tuple->end, tuple->error, 0, "", out);
	ft_text_char(out, '"');
	if (tuple->to.known) {
		LITERAL(out, ",\"to\":");
		ft_got_print(record, &tuple->to, scratch(writer));
		put_scratch(writer);
	}
	put_evidence(writer, tuple);
	ft_text_char(out, '}');
}

static void put_tuples(struct ft_record_writer *writer, const struct ft_record *record)
{
	if (!record->n_tuples)
		return;
	LITERAL(writer->out, ",\"tuples\":[");
	for (size_t i = 0; i < record->n_tuples; i++) {
		if (i)
			ft_text_char(writer->out, ',');
		put_tuple(writer, record, &record->tuples[i]);
	}
	ft_text_char(writer->out, ']');
}

static void put_expected(struct ft_record_writer *writer, const struct ft_case *c)
{
	struct ft_text *text = scratch(writer);

	if (!c->has_expected)
		return;
	for (size_t i = 0; i < c->n_expected; i++) {
		if (i)
			ft_text_char(text, ' ');
		ft_expectation_print(c->expected[i], c->names, text);
	}
	LITERAL(writer->out, ",\"expected\":");
	put_scratch(writer);
}

static void put_seen(struct ft_record_writer *writer, const struct ft_record *record)
{
	if (!record->n_seen)
		return;
	for (size_t i = 0; i < record->n_seen; i++) {
		if (i)
			ft_text_char(writer->out, ',');
		else
			LITERAL(writer->out, ",\"seen\":{");
		put_string(writer, record->seen[i].outcome);
		ft_text_char(writer->out, ':');
		ft_text_int(writer->out, record->seen[i].count);
	}
	ft_text_char(writer->out, '}');
}

/* What the case is called, and what came of it. */
static void put_outcome(struct ft_record_writer *writer, const struct ft_record *record)
{
	struct ft_text *out = writer->out;

	LITERAL(out, "{\"case\":");
	ft_case_print(record->c, false, scratch(writer));
	put_scratch(writer);
	LITERAL(out, ",\"probe\":");
	put_string(writer, record->probe ? record->probe : "");
	LITERAL(out, ",\"outcome\":");
	ft_record_print_outcome(record, scratch(writer));
	put_scratch(writer);
	put_expected(writer, record->c);
	LITERAL(out, ",\"verdict\":\"");
	ft_text_str(out, ft_verdict_names[record->verdict]);
	ft_text_char(out, '"');
	if (record->reason[0]) {
		LITERAL(out, ",\"reason\":");
		put_quoted(writer, record->reason, strnlen(record->reason, FT_REASON_MAX));
	}
}

static void put_packets(struct ft_text *out, const struct ft_record *record)
{
	if (record->first_packet) {
		LITERAL(out, ",\"packets\":");
		put_range(out, record->first_packet, record->last_packet);
	}
	if (record->packets_lost)
		LITERAL(out, ",\"lost\":true");
}

static void put_time(struct ft_text *out, uint64_t elapsed_ns)
{
	uint64_t tenths = elapsed_ns / 100 + (elapsed_ns % 100 >= 50);

	LITERAL(out, ",\"us\":");
	put_number(out, tenths / 10);
	ft_text_char(out, '.');
	ft_text_char(out, (char)('0' + tenths % 10));
}

int ft_record_write(struct ft_record_writer *writer, const struct ft_record *record,
		    struct ft_text *out, struct ft_err *err)
{
	size_t start = out->len;

	writer->out = out;
	writer->code = 0;
	put_outcome(writer, record);
	put_tuples(writer, record);
	put_packets(out, record);
	put_seen(writer, record);
	put_time(out, record->elapsed_ns);
	LITERAL(out, "}\n");
	if (out->failed && !writer->code)
		writer->code = -ENOMEM;
	if (!writer->code)
		return 0;
	/* half a line would spoil its neighbours */
	out->len = start;
	if (out->bytes)
		out->bytes[start] = '\0';
	if (writer->code == -EINVAL)
		return ft_err_set(err, -EINVAL, "a text of this record is not UTF-8");
	return ft_err_set(err, -ENOMEM, "no memory for the line of a record");
}
