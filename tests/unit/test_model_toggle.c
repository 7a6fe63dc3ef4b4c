/* SPDX-License-Identifier: MIT */
/*
 * Does every known change of the kernel decide some case?
 *
 * Each is taken out of the first release that has it, and puts a case's outcome back to what it was
 * before. (The outcomes before are those that the kernel's sources and its own tests tell of.)
 */
#include <string.h>

#include "model/model.h"
#include "tests/support/suite.h"

struct row {
	enum ft_toggle toggle;
	const char *text, *before, *after;
	uint16_t choice; /* of the first choice that the model has */
};

static const struct row rows[] = {
	{FT_TOGGLE_STRICT_BIND_CONFLICT,
	 "sysctl ip_local_port_range=40000_40001; sysctl "
	 "ip_local_reserved_ports=40001; a tcp4 reuseaddr bind lo:0; b tcp4 "
	 "reuseaddr bind lo:0",
	 "a.bind=ok(lo:e1) b.bind=ok(lo:e1)", "a.bind=ok(lo:e1) b.bind=EADDRINUSE", 0},
	{FT_TOGGLE_UDP_CONNECTED,
	 "a udp4 reuseport bind lo:p; b udp4 reuseport bind lo:p; b connect lo:q; "
	 "d udp4 send lo:p",
	 "a.bind=ok b.bind=ok b.connect=ok d.send=ok(any:e1)>a|b",
	 "a.bind=ok b.bind=ok b.connect=ok d.send=ok(any:e1)>a", 0},
	{FT_TOGGLE_AUTOBIND_REUSE,
	 "sysctl ip_autobind_reuse=1; sysctl ip_local_port_range=40000_40001; "
	 "sysctl ip_local_reserved_ports=40001; a tcp4 reuseaddr bind lo:0; b tcp4 "
	 "reuseaddr bind lo:0",
	 "a.bind=ok(lo:e1) b.bind=EADDRINUSE", "a.bind=ok(lo:e1) b.bind=ok(lo:e1)", 0},
	{FT_TOGGLE_BINDTODEVICE_FREE, "as 1000 a tcp4 bindtodevice=lo", "a.bindtodevice=EPERM", "",
	 0},
	{FT_TOGGLE_MIGRATE_REQ,
	 "sysctl tcp_migrate_req=1; a tcp4 reuseport bind lo:p listen steer=0; b "
	 "tcp4 reuseport bind lo:p listen; c tcp4 connect lo:p; a close; c recv; b "
	 "accept s",
	 "a.bind=ok a.listen=ok b.bind=ok b.listen=ok c.connect=ok(lo:e1)>a "
	 "a.close=ok c.recv=ECONNRESET b.accept=EAGAIN",
	 "a.bind=ok a.listen=ok b.bind=ok b.listen=ok c.connect=ok(lo:e1)>a "
	 "a.close=ok c.recv=EAGAIN b.accept=ok",
	 0},
	{FT_TOGGLE_BHASH2_TIMEWAIT,
	 "s tcp4 bind lo:p listen; c tcp4 connect lo:p; s accept d; d close; c "
	 "close; s close; b tcp4 bind lo:p",
	 "s.bind=ok s.listen=ok c.connect=ok(lo:e1)>s s.accept=ok d.close=ok "
	 "c.close=ok s.close=ok b.bind=ok",
	 "s.bind=ok s.listen=ok c.connect=ok(lo:e1)>s s.accept=ok d.close=ok "
	 "c.close=ok s.close=ok b.bind=EADDRINUSE",
	 0},
	{FT_TOGGLE_INCOMING_CPU_GROUP,
	 "cpu 0; a tcp4 reuseport incoming_cpu=0 bind lo:p listen; b tcp4 "
	 "reuseport incoming_cpu=1 bind lo:p listen; c tcp4 connect lo:p",
	 "a.bind=ok a.listen=ok b.bind=ok b.listen=ok c.connect=ok(lo:e1)>a|b",
	 "a.bind=ok a.listen=ok b.bind=ok b.listen=ok c.connect=ok(lo:e1)>a", 0},
	{FT_TOGGLE_DUAL_WILDCARD, "a tcp6 bind any:p; b tcp4 bind lo:p", "a.bind=ok b.bind=ok",
	 "a.bind=ok b.bind=EADDRINUSE", 0},
	{FT_TOGGLE_MAPPED_CONFLICT, "a tcp4 bind any:p; b tcp6 bind lo4:p", "a.bind=ok b.bind=ok",
	 "a.bind=ok b.bind=EADDRINUSE", 0},
	{FT_TOGGLE_V6ONLY_WILDCARD, "a tcp6 v6only bind any:p; b tcp4 bind lo:p",
	 "a.bind=ok b.bind=EADDRINUSE", "a.bind=ok b.bind=ok", 0},
	{FT_TOGGLE_REUSEADDR_LIVE,
	 "a tcp4 reuseaddr bind lo:p reuseaddr=0; b tcp4 reuseaddr bind lo:p",
	 "a.bind=ok b.bind=ok", "a.bind=ok b.bind=EADDRINUSE", 0},
	{FT_TOGGLE_RANGE_NO_PARITY,
	 "s tcp4 bind lo:p listen; c tcp4 local_port_range=40000-40001 connect "
	 "lo:p; b tcp4 bind lo:40001",
	 "s.bind=ok s.listen=ok c.connect=ok(lo:e1)>s b.bind=ok",
	 "s.bind=ok s.listen=ok c.connect=ok(lo:40001)>s b.bind=EADDRINUSE", 1},
	{FT_TOGGLE_FIN_WAIT2_KEPT,
	 "sysctl ip_local_port_range=40000_40001; sysctl "
	 "ip_local_reserved_ports=40001; l tcp4 bind any:p listen; c tcp4 connect "
	 "lo:p; l accept s; c close; wait 1.1s; d tcp4 connect lo:p",
	 "l.bind=ok l.listen=ok c.connect=ok(lo:e1)>l l.accept=ok(lo:p) c.close=ok "
	 "d.connect=ok(lo:e1)>l",
	 "l.bind=ok l.listen=ok c.connect=ok(lo:e1)>l l.accept=ok(lo:p) c.close=ok "
	 "d.connect=EADDRNOTAVAIL",
	 0},
	{FT_TOGGLE_UDP_TUPLES,
	 "a udp4 reuseport bind lo:p; b udp4 reuseport bind lo:p; b connect lo:q "
	 "disconnect; d udp4 send lo:p",
	 "a.bind=ok b.bind=ok b.connect=ok b.disconnect=ok d.send=ok(any:e1)>a|b",
	 "a.bind=ok b.bind=ok b.connect=ok b.disconnect=ok d.send=ok(any:e1)>b", 0},
	{FT_TOGGLE_TW_REUSE_DELAY,
	 "sysctl ip_local_port_range=40000_40001; sysctl "
	 "ip_local_reserved_ports=40001; sysctl tcp_tw_reuse_delay=100; l tcp4 "
	 "bind any:p listen; c tcp4 connect lo:p; l accept s; c close; s close; "
	 "wait 300ms; f tcp4 connect lo:p",
	 "l.bind=ok l.listen=ok c.connect=ok(lo:e1)>l l.accept=ok(lo:p) c.close=ok "
	 "s.close=ok f.connect=EADDRNOTAVAIL",
	 "l.bind=ok l.listen=ok c.connect=ok(lo:e1)>l l.accept=ok(lo:p) c.close=ok "
	 "s.close=ok f.connect=ok(lo:e1)>l",
	 0},
	{FT_TOGGLE_ORPHAN_UID,
	 "as 1000 l tcp4 reuseport bind lo:p listen; c tcp4 connect lo:p; as 1000 "
	 "l accept s; x tcp4 bind lo2:p; l close; c deaf; s close; n tcp4 "
	 "reuseport bind lo:p",
	 "l.bind=ok l.listen=ok c.connect=ok(lo:e1)>l l.accept=ok x.bind=ok "
	 "l.close=ok s.close=ok n.bind=ok",
	 "l.bind=ok l.listen=ok c.connect=ok(lo:e1)>l l.accept=ok x.bind=ok "
	 "l.close=ok s.close=ok n.bind=EADDRINUSE",
	 0},
	{FT_TOGGLE_BUCKET_REOPENS,
	 "sysctl ip_local_port_range=40000_40001; sysctl "
	 "ip_local_reserved_ports=40001; l tcp4 bind any:q listen; c tcp4 connect "
	 "lo:q; x tcp4 bind 127.0.0.5:40000; x close; f tcp4 connect lo2:q",
	 "l.bind=ok l.listen=ok c.connect=ok(lo:40000)>l x.bind=ok x.close=ok "
	 "f.connect=EADDRNOTAVAIL",
	 "l.bind=ok l.listen=ok c.connect=ok(lo:40000)>l x.bind=ok x.close=ok "
	 "f.connect=ok(lo:40000)>l",
	 0},
};

static void predict(const struct row *row, bool after, struct ft_text *out)
{
	const struct ft_toggle_row *toggle = &ft_toggles[row->toggle];
	struct ft_setting setting = {
		.profile = ft_profile_release(toggle->major, toggle->minor),
		.cpus = 2,
		.privileged = true,
	};
	struct ft_model *model = ft_model_new();
	struct ft_prediction prediction;
	struct ft_matrix *matrix = NULL;
	struct ft_err err = {0};
	struct ft_case c;

	if (!after)
		setting.profile.toggles &= ~(UINT32_C(1) << row->toggle);
	ft_prediction_init(&prediction);
	ft_case_init(&c);
	CHECK_ROW(row->text,
		  model && !ft_matrix_parse(row->text, strlen(row->text), NULL, 1, &matrix, &err),
		  "%s", err.text);
	if (model && matrix && !ft_matrix_case(matrix, 0, &c) &&
	    !ft_model_predict(model, &c, &setting, &row->choice, 1, &prediction))
		ft_prediction_print(&prediction, &c, out);
	CHECK_ROW(row->text, !prediction.beyond, "%s", prediction.reason);
	ft_case_fini(&c);
	ft_matrix_free(matrix);
	ft_prediction_fini(&prediction);
	ft_model_free(model);
}

static void decisive(void)
{
	struct ft_text got;

	ft_text_init(&got, 1 << 16);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ft_text_clear(&got);
		predict(&rows[i], false, &got);
		CHECK_STR(rows[i].text, ft_text_get(&got), rows[i].before);
		ft_text_clear(&got);
		predict(&rows[i], true, &got);
		CHECK_STR(rows[i].text, ft_text_get(&got), rows[i].after);
		CHECK_ROW(rows[i].text, strcmp(rows[i].before, rows[i].after) != 0, "a difference");
	}
	ft_text_fini(&got);
}

static void complete(void)
{
	for (unsigned toggle = 0; toggle < FT_TOGGLE_COUNT; toggle++) {
		bool has = false;

		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			has = has || rows[i].toggle == toggle;
		CHECK_ROW(ft_toggles[toggle].name, has, "a case");
	}
}

static const struct ft_test tests[] = {{"decisive", decisive}, {"complete", complete}, {0}};

const struct ft_suite ft_suite_model_toggle = {"model_toggle", tests};
