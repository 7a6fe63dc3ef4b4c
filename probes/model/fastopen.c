/* SPDX-License-Identifier: MIT */
/*
 * What does fast open change (RFC 7413)?
 *
 * A SYN by MSG_FASTOPEN asks for a cookie, and a listener with TCP_FASTOPEN gives one. Its host
 * keeps it by the two addresses, so that the next such SYN has data, and the listener makes a child
 * of it at once. A listener without TCP_FASTOPEN leaves the data aside, and gets it again with the
 * acknowledgement. Hosts are used by one case after the other, so that a cookie may be there that
 * this case has not seen.
 */
#include <errno.h>

#include "model/stream.h"

bool ft_fastopen_serves(const struct ft_model *model, const struct ft_socket *listener)
{
	return listener->fastopen_queue > 0 && (model->sysctls[listener->peer].fastopen & 2) &&
	       ft_on(model, FT_RULE_FASTOPEN_SERVER);
}

bool ft_fastopen_has_cookie(struct ft_model *model, const struct ft_socket *s)
{
	if (!ft_on(model, FT_RULE_FASTOPEN_COOKIE))
		return false;
	for (size_t i = 0; i < model->n_cookies; i++) {
		const struct ft_cookie *cookie = &model->cookies[i];

		if (cookie->peer == s->peer && ft_ip_equal(&cookie->from, &s->local) &&
		    ft_ip_equal(&cookie->to, &s->remote))
			return true;
	}
	if (model->c->needs & FT_NEED_OWN_NAMESPACE)
		return false;
	return ft_choose(model, 2, FT_RULE_FASTOPEN_COOKIE) == 1;
}

void ft_fastopen_keep(struct ft_model *model, const struct ft_socket *s)
{
	if (model->n_cookies == FT_COOKIES_MAX)
		return;
	model->cookies[model->n_cookies++] = (struct ft_cookie){
		.peer = s->peer,
		.from = s->local,
		.to = s->remote,
	};
}

/* tcp_sendmsg_fastopen() on a socket whose connect() has no answer yet, or had it a moment ago. */
static enum ft_pace again(struct ft_model *model, struct ft_socket *s)
{
	if (s->state == TCP_SYN_SENT || s->state == TCP_SYN_RECV)
		return ft_say_call(model, EALREADY);
	if (s->state == TCP_CLOSE)
		return ft_model_connect(model);
	s->connecting = false;
	s->associated = true;
	ft_stream_write(model, s, 1);
	return ft_say_call(model, EISCONN);
}

void ft_fastopen_failed(struct ft_model *model, struct ft_socket *s)
{
	if (!s->mptcp || !ft_on(model, FT_RULE_MPTCP_FASTOPEN))
		return;
	if (s->state == TCP_LISTEN)
		ft_decided(model, FT_RULE_MPTCP_FASTOPEN);
	ft_connect_dissolve(model, s);
}

/* Without a cookie it is a connect() that sends nothing: EINPROGRESS, says the kernel, and leaves
 * the data to the next call. */
enum ft_pace ft_model_fastopen(struct ft_model *model)
{
	struct ft_socket *s = model->sock;

	if (!s->stream)
		return ft_beyond(model, "MSG_FASTOPEN on a datagram socket");
	if (ft_lacks_first_subflow(model, s))
		return ft_say_call(model, EINVAL);
	if (!(model->sysctls[s->peer].fastopen & 1) && ft_on(model, FT_RULE_FASTOPEN_CLIENT)) {
		ft_decided(model, FT_RULE_FASTOPEN_CLIENT);
		ft_fastopen_failed(model, s);
		return ft_say_call(model, EOPNOTSUPP);
	}
	if (s->connecting && !s->associated)
		return again(model, s);
	return ft_connect_fast(model);
}
