/* SPDX-License-Identifier: MIT */
/*
 * How is a prediction written? In the notation of outcomes, so that the two can be compared as
 * text.
 */
#include "model/model.h"

#include <netinet/tcp.h>

/* netinet/tcp.h, without TCP_; 13 is sock_diag's number for bound and not listening. */
static const char *const states[] = {
	[1] = "ESTABLISHED", [2] = "SYN_SENT",  [3] = "SYN_RECV", [4] = "FIN_WAIT1",
	[5] = "FIN_WAIT2",   [6] = "TIME_WAIT", [7] = "CLOSE",    [8] = "CLOSE_WAIT",
	[9] = "LAST_ACK",    [10] = "LISTEN",   [11] = "CLOSING", [12] = "NEW_SYN_RECV",
	[13] = "BOUND",
};

static void print_receivers(const struct ft_prediction *prediction, const struct ft_case *c,
			    const struct ft_receivers *got, char between, struct ft_text *out)
{
	if (got->n == 0)
		ft_text_str(out, "none");
	for (uint32_t i = 0; i < got->n; i++) {
		if (i)
			ft_text_char(out, between);
		ft_text_str(out, c->names->socket[prediction->got[got->first + i]]);
	}
}

/* any: as all that may be, else with the choices as they were taken. */
static void print_call(const struct ft_prediction *prediction, const struct ft_case *c,
		       const struct ft_predicted *call, bool any, struct ft_text *out)
{
	const struct ft_step *step = c->steps[call->step];
	unsigned occurrence = ft_case_occurrence(c, call->step, call->word);

	if (step->subject != FT_NO_SOCKET) {
		ft_text_str(out, c->names->socket[step->subject]);
		ft_text_char(out, '.');
	}
	ft_word_print_name(&step->words[call->word], out);
	if (occurrence > 1) {
		ft_text_char(out, '.');
		ft_text_int(out, occurrence);
	}
	ft_text_char(out, '=');
	ft_end_print(call->end, call->error, call->value,
		     call->end == FT_END_TEXT ? ft_text_get(&prediction->text) + call->text : "",
		     out);
	if (call->has_local) {
		ft_text_char(out, '(');
		ft_endpoint_print(&call->local, c->names, out);
		ft_text_char(out, ')');
	}
	if (any && call->any.n > 1) {
		ft_text_char(out, '>');
		print_receivers(prediction, c, &call->any, '|', out);
	} else if (call->got.known) {
		ft_text_char(out, '>');
		print_receivers(prediction, c, &call->got, ',', out);
	}
}

void ft_predicted_print(const struct ft_prediction *prediction, const struct ft_case *c,
			const struct ft_predicted *call, struct ft_text *out)
{
	print_call(prediction, c, call, true, out);
}

void ft_predicted_print_taken(const struct ft_prediction *prediction, const struct ft_case *c,
			      const struct ft_predicted *call, struct ft_text *out)
{
	print_call(prediction, c, call, false, out);
}

void ft_prediction_print(const struct ft_prediction *prediction, const struct ft_case *c,
			 struct ft_text *out)
{
	for (size_t i = 0; i < prediction->n; i++) {
		if (i)
			ft_text_char(out, ' ');
		print_call(prediction, c, &prediction->calls[i], true, out);
	}
}

void ft_prediction_print_taken(const struct ft_prediction *prediction, const struct ft_case *c,
			       struct ft_text *out)
{
	for (size_t i = 0; i < prediction->n; i++) {
		if (i)
			ft_text_char(out, ' ');
		print_call(prediction, c, &prediction->calls[i], false, out);
	}
}

static void print_flag(bool set, const char *word, struct ft_text *out)
{
	if (!set)
		return;
	ft_text_char(out, ' ');
	ft_text_str(out, word);
}

void ft_holder_print(const struct ft_holder *holder, const struct ft_names *names,
		     struct ft_text *out)
{
	bool known = holder->state < sizeof(states) / sizeof(*states) && states[holder->state];

	ft_text_str(out, holder->socket == FT_NO_SOCKET ? "a connection nobody accepted"
							: names->socket[holder->socket]);
	ft_text_str(out, " (");
	ft_endpoint_print(&holder->local, names, out);
	if (holder->has_remote) {
		ft_text_str(out, " -> ");
		ft_endpoint_print(&holder->remote, names, out);
	}
	ft_text_str(out, ", ");
	ft_text_str(out, known ? states[holder->state] : "bound");
	ft_text_printf(out, ", uid %u", holder->uid);
	if (holder->device) {
		ft_text_str(out, ", on ");
		ft_text_str(out, holder->device);
	}
	ft_text_str(out,
		    holder->reuseaddr || holder->reuseport || holder->v6only ? "," : ", no flag");
	print_flag(holder->reuseaddr, "reuseaddr", out);
	print_flag(holder->reuseport, "reuseport", out);
	print_flag(holder->v6only, "v6only", out);
	ft_text_str(out, holder->orphan ? ", closed)" : ")");
}
