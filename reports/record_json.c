/* SPDX-License-Identifier: MIT */
/*
 * How does a record become one line of JSON in about the time of one system call?
 *
 * Jansson dumps a prepared object of a record's shape in 5 us: it hashes the address of every
 * container to find loops. So the braces, the fixed names of the fields and the numbers are written
 * here, and jansson is asked for the texts that need it (quote.c).
 *
 * Symbolic parts, of any length, are appended to the line; what consists of numbers and fixed names
 * is written into room that was reserved for all of it: functions that take and return a char * do
 * so.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "reports/quote.h"
#include "reports/report.h"

#define LITERAL(out, string) ft_text_bytes(out, string, sizeof(string) - 1)
#define PUT(at, string) ((char *)mempcpy(at, string, sizeof(string) - 1))

/* The most that the evidence of one tuple takes, and the end of a record: their fixed names, two
 * addresses, and FT_UINT_DIGITS for each number. */
enum { EVIDENCE_MAX = 512, END_MAX = 160 };

/* inet_ntop() costs more than the rest of a tuple, and the addresses of a run are few. */
struct known_address {
	uint16_t family; /* 0 before the first use */
	uint8_t bytes[16];
	char text[INET6_ADDRSTRLEN + 4]; /* with what is around it: "[::1]: */
	size_t text_len;
};

struct ft_record_writer {
	struct ft_quote quote;
	struct ft_text *out;
	int code; /* the first error of this line */
	struct known_address local, remote;
};

/* netinet/tcp.h, without TCP_. */
static const char *const states[] = {
	[0] = "NONE",          [1] = "ESTABLISHED",     [2] = "SYN_SENT",  [3] = "SYN_RECV",
	[4] = "FIN_WAIT1",     [5] = "FIN_WAIT2",       [6] = "TIME_WAIT", [7] = "CLOSE",
	[8] = "CLOSE_WAIT",    [9] = "LAST_ACK",        [10] = "LISTEN",   [11] = "CLOSING",
	[12] = "NEW_SYN_RECV", [13] = "BOUND_INACTIVE",
};

struct ft_record_writer *ft_record_writer_new(void)
{
	struct ft_record_writer *writer = calloc(1, sizeof(*writer));

	if (!writer)
		return NULL;
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
	free(writer);
}

/* What was appended to the line since it was begin bytes long is the inside of a string. */
static void quote_since(struct ft_record_writer *writer, size_t begin)
{
	int code = ft_quote_since(&writer->quote, writer->out, begin);

	if (code && !writer->code)
		writer->code = code;
}

static void put_quoted(struct ft_record_writer *writer, const char *text, size_t len)
{
	size_t begin = writer->out->len;

	ft_text_bytes(writer->out, text, len);
	quote_since(writer, begin);
}

static void put_string(struct ft_record_writer *writer, const char *string)
{
	put_quoted(writer, string, strlen(string));
}

/* The names of sockets and ports are letters, digits and '_'; but the kernel may have named a
 * device. */
static void put_endpoint(struct ft_record_writer *writer, const struct ft_record *record,
			 const struct ft_endpoint *at)
{
	size_t begin = writer->out->len;

	ft_endpoint_print(at, record->c->names, writer->out);
	if (at->scope[0])
		quote_since(writer, begin);
}

/* ---- numbers and fixed names ---- */

static char *put_number(char *at, uint64_t number)
{
	if (number < 10) { /* most counts are */
		*at = (char)('0' + number);
		return at + 1;
	}
	/* jansson's integers, and ours, are signed */
	return ft_uint_write(at, number > INT64_MAX ? INT64_MAX : number);
}

static char *put_range(char *at, uint64_t first, uint64_t last)
{
	at = PUT(at, ",\"packets\":[");
	at = put_number(at, first);
	*at++ = ',';
	at = put_number(at, last);
	*at++ = ']';
	return at;
}

static void get_to_know(struct known_address *known, const struct ft_address *address)
{
	bool v6 = address->family == AF_INET6;
	char text[INET6_ADDRSTRLEN] = "";

	known->family = address->family;
	memcpy(known->bytes, address->bytes, sizeof(known->bytes));
	inet_ntop(address->family, address->bytes, text, sizeof(text));
	known->text_len =
		(size_t)snprintf(known->text, sizeof(known->text), v6 ? "\"[%s]:" : "\"%s:", text);
}

static char *put_address(char *at, const struct ft_address *address, struct known_address *known)
{
	if (address->family != AF_INET && address->family != AF_INET6)
		return PUT(at, "null");
	if (known->family != address->family ||
	    memcmp(known->bytes, address->bytes, sizeof(known->bytes)))
		get_to_know(known, address);
	at = mempcpy(at, known->text, known->text_len);
	at = put_number(at, address->port);
	*at++ = '"';
	return at;
}

static char *put_wire(char *at, const struct ft_tuple *tuple)
{
	const struct ft_wire *wire = &tuple->wire;

	if (tuple->protocol == IPPROTO_TCP) {
		at = put_number(PUT(at, ",\"wire\":{\"syn\":"), wire->syn);
		at = put_number(PUT(at, ",\"synack\":"), wire->synack);
		at = put_number(PUT(at, ",\"ack\":"), wire->ack);
		at = put_number(PUT(at, ",\"data\":"), wire->data);
		at = put_number(PUT(at, ",\"fin\":"), wire->fin);
		at = put_number(PUT(at, ",\"rst\":"), wire->rst);
	} else {
		at = put_number(PUT(at, ",\"wire\":{\"datagrams\":"), wire->datagrams);
	}
	if (wire->icmp || tuple->protocol != IPPROTO_TCP)
		at = put_number(PUT(at, ",\"icmp\":"), wire->icmp);
	*at++ = '}';
	return at;
}

static char *put_diag(char *at, uint8_t state)
{
	at = PUT(at, ",\"diag\":\"");
	if (state < sizeof(states) / sizeof(*states) && states[state])
		at = stpcpy(at, states[state]);
	else
		at = put_number(PUT(at, "STATE_"), state);
	*at++ = '"';
	return at;
}

static void put_evidence(struct ft_record_writer *writer, const struct ft_tuple *tuple)
{
	char *at = ft_text_reserve(writer->out, EVIDENCE_MAX);

	if (!at)
		return;
	if (tuple->wire.captured)
		at = put_wire(at, tuple);
	if (tuple->has_diag)
		at = put_diag(at, tuple->diag);
	if (tuple->wire.captured && tuple->wire.first)
		at = put_range(at, tuple->wire.first, tuple->wire.last);
	at = PUT(at, ",\"actual\":[");
	at = put_address(at, &tuple->actual_local, &writer->local);
	*at++ = ',';
	at = put_address(at, &tuple->actual_remote, &writer->remote);
	at = PUT(at, "]}");
	ft_text_wrote(writer->out, at);
}

/* ---- the parts of a record ---- */

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
	LITERAL(out, "\",\"local\":\"");
	put_endpoint(writer, record, &tuple->local);
	LITERAL(out, "\",\"remote\":\"");
	put_endpoint(writer, record, &tuple->remote);
	LITERAL(out, "\",\"by\":\"");
	ft_text_str(out, record->c->names->socket[tuple->by]);
	LITERAL(out, "\",\"result\":\"");
	ft_end_print(tuple->end, tuple->error, 0, "", out);
	if (tuple->to.known) {
		LITERAL(out, "\",\"to\":\"");
		ft_got_print(record, &tuple->to, out);
	}
	ft_text_char(out, '"');
	put_evidence(writer, tuple);
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
	size_t begin;

	if (!c->has_expected)
		return;
	LITERAL(writer->out, "\",\"expected\":\"");
	begin = writer->out->len;
	for (size_t i = 0; i < c->n_expected; i++) {
		if (i)
			ft_text_char(writer->out, ' ');
		ft_expectation_print(c->expected[i], c->names, writer->out);
	}
	quote_since(writer, begin);
}

/* A field that has a text for some calls, {"b.bind":"tcp.plain"}; text() is NULL for the others. */
static void put_by_call(struct ft_record_writer *writer, const struct ft_record *record,
			const char *field,
			const char *(*text)(const struct ft_record *, const struct ft_result *))
{
	struct ft_text *out = writer->out;
	bool any = false;

	for (size_t i = 0; i < record->n_results; i++) {
		const struct ft_result *result = &record->results[i];
		const char *value = result->shown ? text(record, result) : NULL;

		if (!value)
			continue;
		ft_text_str(out, any ? ",\"" : field);
		any = true;
		ft_result_print_name(record, result, out);
		LITERAL(out, "\":\"");
		put_string(writer, value);
		ft_text_char(out, '"');
	}
	if (any)
		ft_text_char(out, '}');
}

static const char *rule_of(const struct ft_record *record, const struct ft_result *result)
{
	(void)record;
	return result->rule && result->rule < FT_RULE_COUNT ? ft_rules[result->rule].id : NULL;
}

static const char *holder_of(const struct ft_record *record, const struct ft_result *result)
{
	return result->holder ? ft_record_text(record, result->holder) : NULL;
}

static void put_changes(struct ft_record_writer *writer, const struct ft_record *record)
{
	struct ft_text *out = writer->out;

	if (!record->n_changes)
		return;
	for (size_t i = 0; i < record->n_changes; i++) {
		const struct ft_change *change = &record->changes[i];
		const struct ft_toggle_row *row = &ft_toggles[change->toggle];

		ft_text_str(out, i ? ",{\"toggle\":\"" : ",\"explained_by\":[{\"toggle\":\"");
		put_string(writer, row->name);
		ft_text_str(out, change->before ? "\",\"behaves\":\"before\",\"commit\":\""
						: "\",\"behaves\":\"after\",\"commit\":\"");
		put_string(writer, row->commit);
		ft_text_printf(out, "\",\"first\":\"%u.%u\"}", row->major, row->minor);
	}
	ft_text_char(out, ']');
}

/* What the model has to say of it. */
static void put_prediction(struct ft_record_writer *writer, const struct ft_record *record)
{
	if (record->predicted) {
		LITERAL(writer->out, ",\"predicted\":\"");
		put_string(writer, ft_record_text(record, record->predicted));
		ft_text_char(writer->out, '"');
	}
	put_by_call(writer, record, ",\"rule\":{\"", rule_of);
	put_by_call(writer, record, ",\"holder\":{\"", holder_of);
	put_changes(writer, record);
}

static void put_seen(struct ft_record_writer *writer, const struct ft_record *record)
{
	if (!record->n_seen)
		return;
	for (size_t i = 0; i < record->n_seen; i++) {
		if (i)
			LITERAL(writer->out, ",\"");
		else
			LITERAL(writer->out, ",\"seen\":{\"");
		put_string(writer, record->seen[i].outcome);
		LITERAL(writer->out, "\":");
		ft_text_int(writer->out, record->seen[i].count);
	}
	ft_text_char(writer->out, '}');
}

/* What the case is called, and what came of it. */
static void put_outcome(struct ft_record_writer *writer, const struct ft_record *record)
{
	struct ft_text *out = writer->out;
	size_t begin;

	LITERAL(out, "{\"case\":\"");
	begin = out->len;
	ft_case_print(record->c, false, out);
	quote_since(writer, begin);
	LITERAL(out, "\",\"probe\":\"");
	put_string(writer, record->probe ? record->probe : "");
	LITERAL(out, "\",\"outcome\":\"");
	begin = out->len;
	ft_record_print_outcome(record, out);
	quote_since(writer, begin);
	put_expected(writer, record->c);
	LITERAL(out, "\",\"verdict\":\"");
	ft_text_str(out, ft_verdict_names[record->verdict]);
	if (record->reason[0]) {
		LITERAL(out, "\",\"reason\":\"");
		put_quoted(writer, record->reason, strnlen(record->reason, FT_REASON_MAX));
	}
	ft_text_char(out, '"');
	put_prediction(writer, record);
	if (record->measured) {
		LITERAL(out, ",\"measured\":\"");
		put_string(writer, ft_record_text(record, record->measured));
		ft_text_char(out, '"');
	}
}

static void put_packets(struct ft_text *out, const struct ft_record *record)
{
	char *at = ft_text_reserve(out, END_MAX);

	if (!at)
		return;
	if (record->first_packet)
		at = put_range(at, record->first_packet, record->last_packet);
	if (record->packets_lost)
		at = PUT(at, ",\"lost\":true");
	if (record->unlisted)
		at = PUT(at, ",\"unlisted\":true");
	if (record->tries > 1) {
		at = PUT(at, ",\"tries\":");
		at = put_number(at, record->tries);
	}
	ft_text_wrote(out, at);
}

static void put_end(struct ft_text *out, uint64_t elapsed_ns)
{
	uint64_t tenths = elapsed_ns / 100 + (elapsed_ns % 100 >= 50);
	char *at = ft_text_reserve(out, END_MAX);

	if (!at)
		return;
	at = put_number(PUT(at, ",\"us\":"), tenths / 10);
	*at++ = '.';
	*at++ = (char)('0' + tenths % 10);
	at = PUT(at, "}\n");
	ft_text_wrote(out, at);
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
	put_end(out, record->elapsed_ns);
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
