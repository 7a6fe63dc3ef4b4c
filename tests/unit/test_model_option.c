/* SPDX-License-Identifier: MIT */
/*
 * What does the model say about options and the scene? As a 6.18 kernel did, rule by rule.
 */
#include <stdio.h>
#include <string.h>

#include "model/model.h"
#include "tests/support/suite.h"

struct row {
	const char *text, *outcome;
};

static const struct row values_rows[] = {
	{"a tcp4 reuseaddr=7 reuseaddr? reuseport=-1 reuseport? "
	 "reuseaddr=0 reuseaddr?",
	 "a.reuseaddr?=1 a.reuseport?=1 a.reuseaddr?.2=0"},
	{"a udp6 v6only? v6only v6only? tclass=7 tclass? "
	 "unicast_hops=-1 unicast_hops? multicast_hops=-1 "
	 "multicast_hops?",
	 "a.v6only?=0 a.v6only?.2=1 a.tclass?=7 a.unicast_hops?=64 "
	 "a.multicast_hops?=1"},
	{"a tcp6 tclass=7 tclass? addr_preferences=4 "
	 "addr_preferences? addr_preferences addr_preferences?",
	 "a.tclass?=4 a.addr_preferences?=260 "
	 "a.addr_preferences?.2=1025"},
	{"a tcp4 ttl? ttl=5 ttl? ttl=-1 ttl? tos=255 tos? priority? "
	 "mtu_discover? mtu_discover=5 mtu_discover?",
	 "a.ttl?=64 a.ttl?.2=5 a.ttl?.3=64 a.tos?=252 a.priority?=4 "
	 "a.mtu_discover?=1 a.mtu_discover?.2=5"},
	{"a udp4 tos=16 priority? tos=16 priority=3 tos=16 priority?",
	 "a.priority?=6 a.priority?.2=3"},
	{"a tcp4 timestamp timestampns? timestampns timestamp? "
	 "timestampns? timestamp=0 timestampns?",
	 "a.timestampns?=0 a.timestamp?=0 a.timestampns?.2=1 "
	 "a.timestampns?.3=0"},
	{"a tcp4 keepidle? keepidle=5 keepidle? keepcnt? keepintvl? "
	 "syncnt? linger2? linger2=500 linger2? linger2=-7 linger2?",
	 "a.keepidle?=7200 a.keepidle?.2=5 a.keepcnt?=9 "
	 "a.keepintvl?=75 a.syncnt?=6 a.linger2?=60 a.linger2?.2=120 "
	 "a.linger2?.3=-1"},
	{"a tcp4 defer_accept=8 defer_accept? fastopen=70000 "
	 "fastopen? maxseg? maxseg=1000 maxseg? maxseg=0 maxseg?",
	 "a.defer_accept?=15 a.fastopen?=65535 a.maxseg?=536 "
	 "a.maxseg?.2=1000 a.maxseg?.3=536"},
	{"a udp4 rcvbuf? rcvbuf=50000 rcvbuf? sndbuf=20000 sndbuf? "
	 "buf_lock?",
	 "a.rcvbuf?=212992 a.rcvbuf?.2=100000 a.sndbuf?=40000 "
	 "a.buf_lock?=3"},
	{"a tcp4 rcvbuf? sndbuf? rcvlowat=100000 rcvlowat? rcvbuf?",
	 "a.rcvbuf?=131072 a.sndbuf?=16384 a.rcvlowat?=100000 "
	 "a.rcvbuf?.2=200000"},
	{"a udp4 rcvlowat=-1 rcvlowat? peek_off? peek_off=5 "
	 "peek_off? zerocopy zerocopy?",
	 "a.rcvlowat?=2147483647 a.peek_off?=-1 a.peek_off?.2=5 "
	 "a.zerocopy?=1"},
	{"a tcp4 linger? linger=5 linger? linger=off linger? "
	 "rcvtimeo? rcvtimeo=1.5s rcvtimeo?",
	 "a.linger?=-1 a.linger?.2=5 a.linger?.3=-1 a.rcvtimeo?=0 "
	 "a.rcvtimeo?.2=1500000000"},
	{"a tcp4 type? domain? protocol? acceptconn? error? listen "
	 "acceptconn?",
	 "a.type?=1 a.domain?=2 a.protocol?=6 a.acceptconn?=0 "
	 "a.error?=0 a.listen=ok(any:e1) a.acceptconn?.2=1"},
	{"a udp6 type? domain? protocol? acceptconn?",
	 "a.type?=2 a.domain?=10 a.protocol?=17 a.acceptconn?=0"},
	{"a mptcp4 protocol? broadcast broadcast? keepcnt=1000 "
	 "keepcnt? inq inq?",
	 "a.protocol?=262 a.broadcast?=0 a.keepcnt?=1000 a.inq?=1"},
	{"a udp4 local_port_range=40000-40007 local_port_range? "
	 "local_port_range=none local_port_range?",
	 "a.local_port_range?=2621938752 a.local_port_range?.2=0"},
	{"a udp4 multicast_if=lo multicast_if? sockopt=0:32:7f000001 "
	 "multicast_if? multicast_ttl=-1 multicast_ttl?",
	 "a.multicast_if?=0 a.multicast_if?.2=16777343 "
	 "a.multicast_ttl?=1"},
	{"a udp6 multicast_if=lo multicast_if? multicast_loop? "
	 "multicast_loop=0 multicast_loop? multicast_all=9 "
	 "multicast_all?",
	 "a.multicast_if?=lo a.multicast_loop?=1 "
	 "a.multicast_loop?.2=0 a.multicast_all?=1"},
	{"a udp6 sockopt=0:34:00 multicast_loop? sockopt=0:1:10 tos?",
	 "a.multicast_loop?=1 a.tos?=0"},
	{"a tcp4 window_clamp=5 window_clamp? notsent_lowat=-1 "
	 "notsent_lowat? quickack=0 quickack? nodelay nodelay? cork "
	 "cork?",
	 "a.window_clamp?=1152 a.notsent_lowat?=-1 a.quickack?=0 "
	 "a.nodelay?=1 a.cork?=1"},
	{"a tcp4 bindtodevice? bindtodevice=lo bindtodevice? "
	 "bindtoifindex? bindtoifindex=none bindtodevice?",
	 "a.bindtodevice?=none a.bindtodevice?.2=lo "
	 "a.bindtoifindex?=lo a.bindtodevice?.3=none"},
	{"a tcp4 sockopt=1:62:09000000 bindtoifindex?; a "
	 "bindtodevice?",
	 "a.bindtoifindex?=none a.bindtodevice?=ENODEV"},
	{NULL, NULL},
};

static const struct row names_rows[] = {
	{"a tcp4 reuseaddr|reuseport reuseaddr? reuseport? "
	 "reuseaddr|reuseport?",
	 "a.reuseaddr?=0 a.reuseport?=1 a.reuseaddr|reuseport?=1"},
	{"a tcp4 dontroute|keepalive; a dontroute|keepalive?",
	 "a.dontroute|keepalive=EINVAL a.dontroute|keepalive?=0"},
	{"a udp4 broadcast|keepalive reuseport? broadcast?", "a.reuseport?=1 a.broadcast?=0"},
	{NULL, NULL},
};

static const struct row states_rows[] = {
	{"a tcp6 bind lo:p v6only?; a v6only=0; a v6only?",
	 "a.bind=ok a.v6only?=1 a.v6only=EINVAL a.v6only?.2=1"},
	{"a tcp6 bind [::ffff:127.0.0.1]:p v6only?", "a.bind=ok a.v6only?=0"},
	{"a mptcp6 bind lo:p v6only?", "a.bind=ok a.v6only?=0"},
	{"s tcp4 keepidle=5 tos=16 broadcast bind lo:p listen; c "
	 "tcp4 connect lo:p; s accept d keepidle=9; d keepidle? tos? "
	 "priority? broadcast? multicast_ttl?",
	 "s.bind=ok s.listen=ok c.connect=ok(lo:e1)>s s.accept=ok "
	 "d.keepidle?=5 d.tos?=16 d.priority?=0 d.broadcast?=1 "
	 "d.multicast_ttl?=64"},
	{"s tcp6 bind lo:p listen; c tcp6 connect lo:p; s accept d; "
	 "d multicast_if? multicast_hops? mtu?",
	 "s.bind=ok s.listen=ok c.connect=ok(lo:e1)>s s.accept=ok "
	 "d.multicast_if?=lo d.multicast_hops?=64 d.mtu?=65536"},
	{"s tcp4 bind lo:p listen; c tcp4 mtu?; c connect lo:p mtu? "
	 "disconnect error? error?; c mtu?",
	 "s.bind=ok s.listen=ok c.mtu?=ENOTCONN "
	 "c.connect=ok(lo:e1)>s c.mtu?.2=65535 c.disconnect=ok "
	 "c.error?=104 c.error?.2=0 c.mtu?.3=ENOTCONN"},
	{"s tcp4 bind lo:p listen; c tcp6 connect lo4:p addrform? "
	 "addrform=2 addrform?; c domain?",
	 "s.bind=ok s.listen=ok c.connect=ok(lo4:e1)>s "
	 "c.addrform?=10 c.addrform?.2=EOPNOTSUPP c.domain?=2"},
	{"s tcp4 bind lo:p listen; c tcp4 window_clamp=5000 "
	 "peek_off=5 rto_min_us=100000 connect lo:p disconnect "
	 "window_clamp? peek_off? rto_min_us?",
	 "s.bind=ok s.listen=ok c.connect=ok(lo:e1)>s "
	 "c.disconnect=ok c.window_clamp?=0 c.peek_off?=-1 "
	 "c.rto_min_us?=200000"},
	{"s tcp4 bind lo:p listen; c tcp4 cork connect lo:p send; s "
	 "accept d; d recv; c cork=0; d recv",
	 "s.bind=ok s.listen=ok c.connect=ok(lo:e1)>s c.send=ok "
	 "s.accept=ok d.recv=EAGAIN d.recv.2=1"},
	{"s tcp4 bind lo:p listen; c tcp4 cork connect lo:p send; s "
	 "accept d; c nodelay; d recv",
	 "s.bind=ok s.listen=ok c.connect=ok(lo:e1)>s c.send=ok "
	 "s.accept=ok d.recv=1"},
	{"a tcp4 reuseaddr repair=0 reuseaddr?", "a.reuseaddr?=0"},
	{NULL, NULL},
};

static const struct row scene_rows[] = {
	{"sysctl ip_default_ttl=5; a tcp4 ttl?; b tcp6 ttl?", "a.ttl?=5 b.ttl?=64"},
	{"sysctl tcp_keepalive_time=0x10; a tcp4 keepidle?", "a.keepidle?=16"},
	{"a tcp4; sysctl tcp_fin_timeout=30; a linger2?", "a.linger2?=30"},
	{"sysctl ip_no_pmtu_disc=1; a udp4 mtu_discover?", "a.mtu_discover?=0"},
	{"sysctl ipv6.auto_flowlabels=2; a udp6 autoflowlabel? "
	 "autoflowlabel autoflowlabel?",
	 "a.autoflowlabel?=0 a.autoflowlabel?.2=1"},
	{"sysctl net.ipv4.ip_local_port_range=40000_40000; a udp4 "
	 "bind lo:0",
	 "a.bind=ok(lo:e1)"},
	{"sysctl ip_local_port_range=40000_40001; sysctl "
	 "ip_local_reserved_ports=1-5,40000; a udp4 bind lo:0",
	 "a.bind=ok(lo:e1)"},
	{"sysctl ip_unprivileged_port_start=32769; sysctl "
	 "ip_unprivileged_port_start=2001; as 1000 a tcp4 bind "
	 "lo:2000",
	 "sysctl=EINVAL a.bind=EACCES"},
	{"sysctl core/somaxconn=5; a tcp4 fastopen=10 fastopen?", "a.fastopen?=5"},
	{"sysctl tcp_rmem=4096_50000; a tcp4 rcvbuf? rcvlowat=-1 "
	 "rcvlowat?",
	 "a.rcvbuf?=50000 a.rcvlowat?=16777216"},
	{"sysctl ../ipv4/tcp_timestamps=1; sysctl tcp_tw_reuse=3; "
	 "sysctl tcp_tw_reuse=1x; sysctl tcp_tw_reuse=_1_9",
	 "sysctl=EINVAL sysctl.2=EINVAL sysctl.3=EINVAL"},
	{"link br0=bridge; addr br0=10.0.0.1; a tcp4 "
	 "bindtodevice=br0 bindtodevice? bind 10.0.0.1:p",
	 "a.bindtodevice?=br0 a.bind=ok"},
	{"look any:p; a tcp4 bind lo:p; look lo:p; a listen; look "
	 "lo:p; b udp4 bind lo:p; look lo:p; look lo2:p; look any:p",
	 "look=none a.bind=ok look.2=BOUND a.listen=ok look.3=LISTEN "
	 "b.bind=ok look.4=LISTEN,UDP look.5=none look.6=LISTEN,UDP"},
	{"s tcp4 bind lo:p listen; c tcp4 connect lo:p; s accept d; "
	 "d close; look lo:p; c close; look lo:p",
	 "s.bind=ok s.listen=ok c.connect=ok(lo:e1)>s s.accept=ok "
	 "d.close=ok look=FIN_WAIT2,LISTEN c.close=ok "
	 "look.2=LISTEN,TIME_WAIT"},
	{"a tcp6 bind any:p; look any4:p; look [::]:p; look [::1]:p",
	 "a.bind=ok look=none look.2=BOUND look.3=none"},
	{NULL, NULL},
};

/* A case that has another outcome without the rule. */
static const struct {
	enum ft_rule rule;
	const char *text;
} rule_rows[] = {
	{FT_RULE_OPTION_LEVEL, "a tcp4 v6only"},
	{FT_RULE_OPTION_LENGTH, "a tcp4 sockopt=1:2:01"},
	{FT_RULE_OPTION_RANGE, "a udp4 zerocopy=2"},
	{FT_RULE_OPTION_DOMAIN, "a udp4 "
				"sockopt=1:20:010000000000000040420f0000000000"},
	{FT_RULE_OPTION_PROTOCOL, "a udp4 txrehash?"},
	{FT_RULE_OPTION_STREAM, "a tcp4 multicast_ttl=5"},
	{FT_RULE_OPTION_STATE, "a tcp4 listen fastopen_connect"},
	{FT_RULE_OPTION_ROUTED, "a tcp4 mtu?"},
	{FT_RULE_OPTION_ADDRFORM, "a tcp6 addrform?"},
	{FT_RULE_OPTION_FASTOPEN, "sysctl tcp_fastopen=2; a tcp4 "
				  "fastopen_connect"},
	{FT_RULE_OPTION_REPAIR, "a tcp4 repair_queue=1"},
	{FT_RULE_OPTION_MPTCP, "a mptcp4 zerocopy"},
	{FT_RULE_MPTCP_OWNER,
	 "a tcp4 reuseport bind lo:p; b mptcp4 reuseport fchown=1000 bind lo:p"},
	{FT_RULE_MPTCP_FIRST, "a mptcp4 bind lo:p connect lo:p bind 192.0.2.77:q"},
	{FT_RULE_OPTION_V6ONLY_BOUND, "a tcp6 bind any:p v6only"},
	{FT_RULE_OPTION_DEVICE, "a tcp4 bindtodevice=nope"},
	{FT_RULE_OPTION_DEVICE_USER, "as 1000 a tcp4 bindtodevice=lo "
				     "bindtodevice=none"},
	{FT_RULE_OPTION_DEVICE_GROUP, "a udp4 reuseport bind lo:p; b udp4 "
				      "reuseport bind lo:p; a "
				      "bindtodevice=lo; c udp4 send lo:p"},
	{FT_RULE_OPTION_LOCKED, "a tcp4 lock_filter lock_filter=0"},
	{FT_RULE_OPTION_MINTTL, "s tcp4 minttl=65 bind lo:p listen; c "
				"tcp4 connect lo:p"},
	{FT_RULE_OPTION_FILTER, "as 1000 a tcp4 deaf"},
	{FT_RULE_OPTION_PRIVILEGE, "as 1000 a tcp4 transparent"},
	{FT_RULE_OPTION_CAPABLE, "a tcp4 debug"},
	{FT_RULE_SCENE_SYSCTL, "sysctl tcp_tw_reuse=3"},
	{FT_RULE_SCENE_DEVICE, "addr nope=10.0.0.1"},
};

/* ---- predicting ---- */

/* CONFIG_HZ is that of the kernel that the rows were seen on. */
static const struct ft_setting everything = {
	.profile = {UINT32_MAX},
	.cpus = 2,
	.hz = 250,
	.privileged = true,
};

/* Appends the prediction, or "beyond: REASON". */
static void predict(const char *text, const struct ft_setting *setting, struct ft_text *out)
{
	struct ft_model *model = ft_model_new();
	struct ft_prediction prediction;
	struct ft_matrix *matrix = NULL;
	struct ft_err err = {0};
	struct ft_case c;

	ft_prediction_init(&prediction);
	ft_case_init(&c);
	CHECK_ROW(text, model && !ft_matrix_parse(text, strlen(text), NULL, 1, &matrix, &err), "%s",
		  err.text);
	if (model && matrix && !ft_matrix_case(matrix, 0, &c) &&
	    !ft_model_predict(model, &c, setting, NULL, 0, &prediction)) {
		if (prediction.beyond)
			ft_text_printf(out, "beyond: %s", prediction.reason);
		else
			ft_prediction_print(&prediction, &c, out);
	}
	ft_case_fini(&c);
	ft_matrix_free(matrix);
	ft_prediction_fini(&prediction);
	ft_model_free(model);
}

static void check_rows(const struct row *rows)
{
	struct ft_text got;

	ft_text_init(&got, 1 << 16);
	for (; rows->text; rows++) {
		ft_text_clear(&got);
		predict(rows->text, &everything, &got);
		CHECK_STR(rows->text, ft_text_get(&got), rows->outcome);
	}
	ft_text_fini(&got);
}

static void values(void)
{
	check_rows(values_rows);
}

static void names(void)
{
	check_rows(names_rows);
}

static void states(void)
{
	check_rows(states_rows);
}

static void scene(void)
{
	check_rows(scene_rows);
}

/* Without the rule something else is said, and with it the rule is named. */
static void rules(void)
{
	struct ft_text with, without;

	ft_text_init(&with, 1 << 16);
	ft_text_init(&without, 1 << 16);
	for (size_t i = 0; i < sizeof(rule_rows) / sizeof(rule_rows[0]); i++) {
		struct ft_setting setting = everything;
		enum ft_rule rule = rule_rows[i].rule;

		ft_text_clear(&with);
		ft_text_clear(&without);
		predict(rule_rows[i].text, &setting, &with);
		setting.off[rule / 64] |= UINT64_C(1) << rule % 64;
		predict(rule_rows[i].text, &setting, &without);
		CHECK_ROW(rule_rows[i].text, strcmp(ft_text_get(&with), ft_text_get(&without)) != 0,
			  "without %s also '%s'", ft_rules[rule].id, ft_text_get(&with));
	}
	ft_text_fini(&without);
	ft_text_fini(&with);
}

/* Every rule of rules_option.h has a row. */
static void complete(void)
{
	for (unsigned rule = FT_RULE_OPTION_LEVEL; rule <= FT_RULE_SCENE_DEVICE; rule++) {
		bool has = false;

		for (size_t i = 0; i < sizeof(rule_rows) / sizeof(rule_rows[0]); i++)
			has = has || rule_rows[i].rule == rule;
		CHECK_ROW(ft_rules[rule].id, has, "a case");
	}
}

/* What depends on something that is not known is not guessed. */
static void unknown(void)
{
	static const char *const texts[] = {
		"a tcp4 rcvbuf=1000000 rcvbuf?",
		"a tcp4 repair=1",
		"a tcp4 reserve_mem=4096",
		"s tcp4 bind lo:p listen; c tcp4 connect lo:p maxseg?",
		"a udp4 sockopt=17:1:01000000; a send lo:p",
		"a tcp4 user_timeout=5; wait 1s",
		"sysctl mptcp.enabled=0",
		"link v0=vrf",
	};
	struct ft_setting any_hz = everything;
	struct ft_text got;

	ft_text_init(&got, 1 << 16);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ft_text_clear(&got);
		predict(texts[i], &everything, &got);
		CHECK_ROW(texts[i], strncmp(ft_text_get(&got), "beyond", 6) == 0, "got '%s'",
			  ft_text_get(&got));
	}
	any_hz.hz = 0;
	ft_text_clear(&got);
	predict("a tcp4 rcvtimeo=40ms rcvtimeo? rto_max_ms=2000 rto_max_ms?", &any_hz, &got);
	CHECK_STR("whole ticks", ft_text_get(&got), "a.rcvtimeo?=40000000 a.rto_max_ms?=2000");
	ft_text_clear(&got);
	predict("a tcp4 rcvtimeo=7ms rcvtimeo?", &any_hz, &got);
	CHECK_ROW("no whole ticks", strncmp(ft_text_get(&got), "beyond", 6) == 0, "got '%s'",
		  ft_text_get(&got));
	ft_text_fini(&got);
}

/* Other releases, other outcomes. */
static void toggles(void)
{
	static const char connected[] = "a udp4 reuseport bind lo:p; b udp4 reuseport bind lo:p; "
					"c udp4 bind lo:q; b connect lo:q; d udp4 send lo:p";
	static const char left[] = "a udp4 reuseport bind lo:p; b udp4 reuseport bind lo:p; "
				   "b connect lo:q disconnect; d udp4 send lo:p";
	static const struct {
		unsigned major, minor;
		const char *text, *outcome;
	} rows[] = {
		{5, 6, "as 1000 a tcp4 bindtodevice=lo", "a.bindtodevice=EPERM"},
		{5, 7, "as 1000 a tcp4 bindtodevice=lo", ""},
		{5, 3, connected,
		 "a.bind=ok b.bind=ok c.bind=ok b.connect=ok d.send=ok(any:e1)>a|b"},
		{5, 4, connected, "a.bind=ok b.bind=ok c.bind=ok b.connect=ok d.send=ok(any:e1)>a"},
		{6, 12, left,
		 "a.bind=ok b.bind=ok b.connect=ok b.disconnect=ok d.send=ok(any:e1)>a|b"},
		{6, 13, left,
		 "a.bind=ok b.bind=ok b.connect=ok b.disconnect=ok d.send=ok(any:e1)>b"},
	};
	struct ft_text got;

	ft_text_init(&got, 1 << 16);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ft_setting setting = everything;

		setting.profile = ft_profile_release(rows[i].major, rows[i].minor);
		ft_text_clear(&got);
		predict(rows[i].text, &setting, &got);
		CHECK_STR(rows[i].text, ft_text_get(&got), rows[i].outcome);
	}
	ft_text_fini(&got);
}

static const struct ft_test tests[] = {
	{"values", values},   {"names", names},     {"states", states},
	{"scene", scene},     {"rules", rules},     {"complete", complete},
	{"unknown", unknown}, {"toggles", toggles}, {0},
};

const struct ft_suite ft_suite_model_option = {"model_option", tests};
