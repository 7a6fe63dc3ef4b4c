/* SPDX-License-Identifier: MIT */
/*
 * What do the plain calls do: socket, bind, listen, close, fchown, dup?
 *
 * What a name stands for afterwards (address known, listening, connected) is kept as the engine
 * keeps it, because it decides which addresses an outcome shows.
 */
#include <errno.h>
#include <sys/socket.h>

#include "model/option.h"
#include "model/state.h"

enum ft_pace ft_model_create(struct ft_model *model)
{
	uint8_t family = model->word->detail;
	struct ft_socket *s;

	if (family == FT_FAMILY_SCTP4 || family == FT_FAMILY_SCTP6)
		return ft_beyond(model, "SCTP has rules of its own, which the model does not know");
	s = ft_socket_new(model, family, model->step->peer);
	if (s)
		ft_handle_put(model, model->step->subject, s);
	return s ? FT_PACE_WORD : FT_PACE_BEYOND;
}

static int32_t bind_errno(struct ft_model *model, int rc)
{
	if (!ft_on(model, FT_RULE_BIND_FAMILY))
		return 0;
	ft_decided(model, FT_RULE_BIND_FAMILY);
	return -rc;
}

enum ft_pace ft_model_bind(struct ft_model *model)
{
	const struct ft_endpoint *at = &model->word->at;
	struct ft_socket *s = model->sock;
	struct ft_predicted *row;
	struct ft_ip ip;
	uint32_t port;
	int rc = ft_address_get(model, s->family, at, &ip, &port);
	int32_t error;

	if (ft_lacks_first_subflow(model, s))
		return ft_say_call(model, EINVAL);
	if (rc == -ENOENT || rc == -ENODEV)
		return ft_beyond(model, "an address of the case is not there");
	if (!rc && s->v6 != (ft_families[s->family].domain == AF_INET6)) /* IPV6_ADDRFORM */
		rc = -EAFNOSUPPORT;
	error = rc < 0      ? bind_errno(model, rc)
		: s->stream ? ft_tcp_bind(model, s, &ip, port)
			    : ft_udp_bind(model, s, &ip, port);
	if (error)
		return ft_say_call(model, error);
	row = ft_say(model, FT_END_OK, 0);
	model->handle->local = *at;
	model->handle->local_known = true;
	model->handle->explicit_port = !(at->port == FT_PORT_NUMBER && at->number == 0);
	if (!model->handle->explicit_port)
		ft_read_back(model, model->handle, row);
	model->handle->bound = model->handle->local;
	model->handle->bound_known = true;
	return FT_PACE_WORD;
}

/* inet_csk_listen_start(): the state is TCP_LISTEN while the port is asked for. */
static int32_t start_listening(struct ft_model *model, struct ft_socket *s, int32_t backlog)
{
	int32_t error;

	if (s->state == TCP_LISTEN)
		return ft_stream_listen(model, s, backlog);
	if ((s->state != TCP_CLOSE || s->connecting || s->associated || s->severed) &&
	    ft_on(model, FT_RULE_LISTEN_STATE)) {
		ft_decided(model, FT_RULE_LISTEN_STATE);
		return EINVAL;
	}
	s->state = TCP_LISTEN;
	error = ft_tcp_listen_port(model, s);
	if (!error)
		error = ft_stream_listen(model, s, backlog);
	if (error)
		s->state = TCP_CLOSE;
	return error;
}

enum ft_pace ft_model_listen(struct ft_model *model)
{
	int64_t value = model->word->value;
	struct ft_handle *handle = model->handle;
	struct ft_predicted *row;
	int32_t error;

	if (!model->sock->stream) {
		ft_decided(model, FT_RULE_LISTEN_STATE);
		return ft_say_call(model, EOPNOTSUPP);
	}
	error = start_listening(model, model->sock, value < 0 ? 4096 : (int32_t)value);
	if (error)
		return ft_say_call(model, error);
	row = ft_say(model, FT_END_OK, 0);
	if (!handle->explicit_port) {
		ft_read_back(model, handle, row);
		handle->bound = handle->local;
		handle->bound_known = true;
	}
	if (!handle->listening) {
		handle->listening = true;
		handle->queued = 0;
		model->n_listening++;
	}
	return FT_PACE_WORD;
}

enum ft_pace ft_model_close(struct ft_model *model)
{
	struct ft_socket *s = model->sock;

	ft_clock_note(model);
	ft_receiver_forget(model, model->handle);
	model->handle->socket = FT_NOBODY;
	if (--s->refs == 0) {
		if (s->stream)
			ft_stream_close(model, s);
		else
			ft_udp_close(model, s);
	}
	return ft_say_call(model, 0);
}

/* chown(2): an ordinary user may only "give" it to himself; sockfs_setattr() sets sk_uid. */
enum ft_pace ft_model_fchown(struct ft_model *model)
{
	uint32_t uid = (uint32_t)model->word->value;
	struct ft_socket *s = model->sock;

	if (model->uid != 0 && !(model->uid == s->inode_uid && uid == model->uid))
		return ft_say_call(model, EPERM);
	s->inode_uid = uid;
	if (!s->mptcp || !ft_has_subflow(s) || !ft_on(model, FT_RULE_MPTCP_OWNER))
		s->uid = uid;
	return ft_say_call(model, 0);
}

enum ft_pace ft_model_dup(struct ft_model *model)
{
	struct ft_handle copy = *model->handle;

	copy.begun = false;
	model->sock->refs++;
	model->n_listening += copy.listening;
	model->handles[model->word->socket] = copy;
	return ft_say_call(model, 0);
}
