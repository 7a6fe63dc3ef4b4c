/* SPDX-License-Identifier: MIT */
/*
 * What does a server's restart lose: of the connections that wait, that are half open, that live
 * on?
 *
 * The old listener o goes and a new one n comes, while clients have connected before (a, b), are
 * connecting between the two steps (c), and come afterwards (d). At the end the new process
 * accepts all that waits and sends a byte; who reads it was answered. Each record counts its
 * connections: answered, reset, refused, lost, by what the clients heard, proved on the wire.
 *
 * The rules, as the kernel has them today:
 *  1. A listener that goes resets what waits in its queue, complete or not read; data that the
 *     clients have sent goes with it (inet_csk_listen_stop(), tcp_disconnect()).
 *  2. It forgets its half-open connections without a word: a client whose SYN-ACK was lost sends
 *     its SYN again and is taken by whoever listens then; one that believes to be connected learns
 *     by a reset when it sends (inet_csk_reqsk_queue_drop(), tcp_v4_send_reset()).
 *  3. What was accepted lives on, also without the listener, but its port is held: the new bind()
 *     needs SO_REUSEADDR or SO_REUSEPORT on both sides (inet_csk_bind_conflict(), socket(7)).
 *  4. Between a close and the next listen() clients are refused. With SO_REUSEPORT the new one
 *     listens first and nobody is; but the old one's queue is lost (socket(7)).
 *  5. shutdown(SHUT_RD) of a listener is as close: it resets the queue. With an inherited
 *     descriptor it stops the new process as well, for there is but one socket (inet_shutdown()).
 *  6. A descriptor that is inherited (fork, SCM_RIGHTS, here dup()) loses nothing: the queue is
 *     the socket's, and the socket lives as long as anybody has it open (inet_release()). That is
 *     what nginx's binary upgrade and systemd's socket units do.
 *  7. With tcp_migrate_req the queue moves to the member of its group that the hash picks, and so
 *     do half-open ones; the new one must listen before the old one stops, and be a member of its
 *     group: same address, family, v6only, device and user (reuseport_migrate_sock(),
 *     f9ac779f881c, 55d444b310c6, ip-sysctl).
 *  8. Without it a program can steer all that comes to the new listener; then the old one accepts
 *     what is left, serves it, and closes: nothing is lost, half-open ones excepted
 *     (SO_ATTACH_REUSEPORT_CBPF, socket(7)).
 *  9. Who migrates is not counted against the heir's backlog (inet_csk_reqsk_queue_add()).
 */
#include <errno.h>
#include <netinet/in.h>

#include "handover.h"
#include "probe/probe.h"
#include "reports/record.h"

/* ---- what became of the clients ---- */

/* Lost: it believes to be connected, or waits to be, and nobody has told it anything. A client that
 * came up and was never asked is unknown, and is not counted. */
enum fate { FATE_UNKNOWN, FATE_ANSWERED, FATE_RESET, FATE_REFUSED, FATE_LOST, FATE_COUNT };

static enum fate by_error(int32_t error, enum fate before)
{
	switch (error) {
	case ECONNREFUSED:
		return FATE_REFUSED;
	case ECONNRESET:
	case EPIPE:
		return FATE_RESET;
	case EAGAIN:
		return before == FATE_UNKNOWN ? FATE_LOST : before;
	default:
		return before;
	}
}

/* What one more call of its client says of a connection. */
static enum fate heard(const struct ft_record *record, const struct ft_result *result,
		       enum fate before)
{
	const struct ft_step *step = record->c->steps[result->step];
	uint8_t op = step->words[result->word].op;

	if (op != FT_OP_RECV && op != FT_OP_SEND)
		return before;
	if (result->end == FT_END_ERROR)
		return by_error(result->error, before);
	if (op == FT_OP_RECV && (result->end == FT_END_VALUE || result->end == FT_END_EOF))
		return FATE_ANSWERED;
	return before;
}

static enum fate fate_of(const struct ft_record *record, const struct ft_tuple *tuple)
{
	enum fate fate = FATE_UNKNOWN;

	if (tuple->end == FT_END_ERROR)
		fate = by_error(tuple->error, fate);
	else if (tuple->end == FT_END_PENDING)
		fate = FATE_LOST;
	for (size_t i = tuple->result + 1; i < record->n_results; i++) {
		const struct ft_result *result = &record->results[i];

		if (record->c->steps[result->step]->subject == tuple->by)
			fate = heard(record, result, fate);
	}
	return fate;
}

/* Does the wire bear it out? What the engine sends to end a case cannot be told apart here, so that
 * only what is missing counts. */
static const char *missing_on_wire(const struct ft_wire *wire, enum fate fate)
{
	if (fate == FATE_ANSWERED && !wire->synack)
		return "a client was answered, and the wire shows no SYN-ACK";
	if (fate == FATE_ANSWERED && !wire->data && !wire->fin)
		return "a client was answered, and the wire shows neither data nor FIN";
	if ((fate == FATE_RESET || fate == FATE_REFUSED) && !wire->rst)
		return "a client was reset or refused, and the wire shows no RST";
	return NULL;
}

static bool is_connection(const struct ft_tuple *tuple)
{
	return tuple->protocol == IPPROTO_TCP && tuple->actual_remote.family;
}

static void examine(struct ft_record *record)
{
	unsigned n[FATE_COUNT] = {0}, all = 0;

	for (size_t i = 0; i < record->n_tuples; i++) {
		const struct ft_tuple *tuple = &record->tuples[i];
		enum fate fate;
		const char *missing;

		if (!is_connection(tuple))
			continue;
		fate = fate_of(record, tuple);
		n[fate]++;
		all += fate != FATE_UNKNOWN;
		missing = tuple->wire.captured && !record->packets_lost
				  ? missing_on_wire(&tuple->wire, fate)
				  : NULL;
		if (missing && record->verdict == FT_VERDICT_AS_EXPECTED) {
			record->verdict = FT_VERDICT_DIFFERS;
			snprintf(record->reason, sizeof(record->reason), "%s", missing);
		}
	}
	if (!all)
		return;
	record->measured = ft_record_text_begin(record);
	ft_text_printf(&record->text, "%u connection%s: %u answered, %u reset, %u refused, %u lost",
		       all, all == 1 ? "" : "s", n[FATE_ANSWERED], n[FATE_RESET], n[FATE_REFUSED],
		       n[FATE_LOST]);
	ft_record_text_end(record);
}

static const struct ft_probe probe = {
	.name = "handover",
	.question = "What does a restart lose: queued, half-open and living connections, in which "
		    "order of calls?",
	.matrices = ft_handover_matrices,
	.full = ft_handover_full,
	.examine = examine,
};

int main(int argc, char **argv)
{
	return ft_probe_main(argc, argv, &probe);
}
