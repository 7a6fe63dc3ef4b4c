/* SPDX-License-Identifier: MIT */
/*
 * Is one case read as it was meant, written in its one way, and refused where it makes no sense?
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "case/case.h"
#include "tests/support/suite.h"

static int parse(const char *text, struct ft_matrix **ret, struct ft_err *err)
{
	return ft_matrix_parse(text, strlen(text), "t", 3, ret, err);
}

/* Text and its canonical form; NULL: the text is canonical already. */
static const struct {
	const char *text, *canonical;
} forms[] = {
	{"a tcp4 reuseaddr bind lo:p listen; b tcp4 reuseaddr bind lo:p", NULL},
	{"  a \t tcp4   bind   lo:p ;b tcp4", "a tcp4 bind lo:p; b tcp4"},
	{"a tcp4 reuseaddr=1 reuseport=0x1 keepalive=0", "a tcp4 reuseaddr reuseport keepalive=0"},
	{"a tcp4 reuseaddr|reuseport reuseaddr|reuseport=0 reuseaddr|reuseport?", NULL},
	{"a tcp6 v6only? v6only=-1 mark=0xffffffff", "a tcp6 v6only? v6only=-1 mark=4294967295"},
	{"a tcp4 fastopen=1 fastopen=5 fastopen? fastopen lo:p fastopen|nodelay", NULL},
	{"a udp4 linger=0 linger=off local_port_range=40000-40007 local_port_range=none", NULL},
	{"a udp4 bindtodevice=lo bindtodevice=none bindtoifindex=eth multicast_if=none", NULL},
	{"a udp6 add_membership=mcast add_membership=[ff02::1]@lo drop_membership=224.0.0.1@eth",
	 NULL},
	{"a tcp4 rcvtimeo=1.5s sndtimeo=0", "a tcp4 rcvtimeo=1.5s sndtimeo=0s"},
	{"a tcp4 sockopt=0x1:2:00FF sockopt=1:2:", "a tcp4 sockopt=1:2:00ff sockopt=1:2:"},
	{"a tcp4 listen listen=0 listen=128", NULL},
	{"a udp4 send send=0 send lo:p send=255 lo:e1 recv", NULL},
	{"a udp4 send sockopt=1:2:00 send add_membership=mcast", NULL},
	{"a tcp4 accept b dup c shutdown=rd shutdown=wr shutdown=rdwr disconnect", NULL},
	{"a tcp4 deaf hear steer=0 steer=mod:4 steer=cpu steer_ebpf=mod:2 unsteer fchown=65534",
	 NULL},
	{"a tcp4 begin peer:65535 connect [2001:DB8::0:1]:0",
	 "a tcp4 begin peer:65535 connect [2001:db8::1]:0"},
	{"a tcp6 bind [fe80::1%eth]:p bind [::ffff:127.0.0.1]:p bind any4:e01",
	 "a tcp6 bind [fe80::1%eth]:p bind [::ffff:127.0.0.1]:p bind any4:e1"},
	{"a@peer tcp4; as 1000 a close; a mptcp6 close; a sctp4", NULL},
	{"sysctl net.ipv4.tcp_tw_reuse=0; sysctl ip_local_port_range=40000_40007; sysctl x=", NULL},
	{"cpu 1; addr lo=2001:db8::7; addr lo=[fd00::7]; addr lo=127.0.0.9; link br0=bridge",
	 "cpu 1; addr lo=2001:db8::7; addr lo=fd00::7; addr lo=127.0.0.9; link br0=bridge"},
	{"wait 1.1s; wait 1100ms; wait 20ms; wait 1500us; wait 1.5us; wait 0ms; wait 90000ms",
	 "wait 1.1s; wait 1.1s; wait 20ms; wait 1.5ms; wait 1.5us; wait 0s; wait 90s"},
	{"wait 1.2345s; wait 1234567ns; wait 0.000001ms; look lo:80",
	 "wait 1234.5ms; wait 1234.567us; wait 1ns; look lo:80"},
	{"a tcp4 bind lo:p => a.bind.1=ok a.tcp4=ENOTSUP",
	 "a tcp4 bind lo:p => a.bind=ok a.tcp4=EOPNOTSUPP"},
	{"a tcp4 bind lo:p\t=>", "a tcp4 bind lo:p"},
	{"s tcp4 listen; c tcp4 connect lo:p connect lo:q => "
	 "c.connect.2=ok(lo:e1)>s c.connect=E#524>none "
	 "c.connect=ok>s,c c.connect=pending>s|c",
	 NULL},
	{"a udp4 recv v6only? bindtodevice? => "
	 "a.recv=eof a.recv=12 a.v6only?=-1 a.bindtodevice?=lo",
	 NULL},
	{"a tcp4 reuseaddr|reuseport; look any:p; look any:p => look.2=LISTEN,TIME_WAIT "
	 "a.reuseaddr|reuseport=ENOPROTOOPT look=ok",
	 NULL},
	{"a tcp4 fastopen=2 fastopen lo:p => a.fastopen.2=EPIPE", NULL},
};

static void canonical(void)
{
	struct ft_text out;
	struct ft_case c;

	ft_text_init(&out, 4096);
	ft_case_init(&c);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const char *want = forms[i].canonical ? forms[i].canonical : forms[i].text;
		struct ft_matrix *matrix = NULL;
		struct ft_err err = {0};

		if (!CHECK_ROW(forms[i].text, !parse(forms[i].text, &matrix, &err), "%s", err.text))
			continue;
		CHECK_INT(forms[i].text, (int64_t)ft_matrix_size(matrix), 1);
		CHECK_INT(forms[i].text, ft_matrix_case(matrix, 0, &c), 0);
		ft_text_clear(&out);
		ft_case_print(&c, true, &out);
		CHECK_STR(forms[i].text, ft_text_get(&out), want);
		ft_matrix_free(matrix);
	}
	ft_case_fini(&c);
	ft_text_fini(&out);
}

/* The text of the error, without "t:3:" in front. */
static const struct {
	const char *text;
	int code;
	const char *error;
} errors[] = {
	{"a tcp4 reusadr", -EINVAL, "8: unknown option 'reusadr'; did you mean 'reuseaddr'?"},
	{"a tpc4", -EINVAL, "3: unknown word 'tpc4'; did you mean 'tcp4'?"},
	{"a tcp4 bnd lo:p", -EINVAL, "8: unknown word 'bnd'; did you mean 'bind'?"},
	{"sysctrl a=1", -EINVAL, "9: unknown option 'a'; did you mean 'sysctl'?"},
	{"a tcp4 bind l:p", -EINVAL, "13: unknown address 'l'; did you mean 'lo'?"},
	{"a tcp4 bind lo", -EINVAL, "13: 'lo' is no ADDRESS:PORT"},
	{"a tcp4 bind", -EINVAL, "12: 'bind' needs an ADDRESS:PORT after it"},
	{"a tcp4 bind lo:65536", -EINVAL, "16: port '65536' is above 65535"},
	{"a tcp4 bind lo:e0", -EINVAL,
	 "16: port 'e0' is not among e1 to e32768 (FT_CASE_CHOSEN_MAX)"},
	{"a tcp6 bind ::1:80", -EINVAL, "13: an IPv6 address stands in brackets: [::1]"},
	{"a tcp6 bind [::g]:80", -EINVAL, "14: '::g' is no IPv6 address"},
	{"a tcp4; b bind lo:p", -EINVAL, "9: no socket 'b' before this step"},
	{"a tcp4; a tcp4", -EINVAL, "11: socket 'a' exists already; close it first"},
	{"a tcp4 close; a bind lo:p", -EINVAL, "15: socket 'a' is closed before this"},
	{"a tcp4 close recv", -EINVAL, "14: socket 'a' is closed before this"},
	{"a tcp4 accept a", -EINVAL, "8: socket 'a' exists already; close it first"},
	{"a tcp4; a@peer bind lo:p", -EINVAL, "9: '@peer' stands only where the socket is created"},
	{"a@pear tcp4", -EINVAL, "3: unknown place 'pear'; the only one is 'peer'"},
	{"", -EINVAL, "1: empty step"},
	{"a tcp4;", -EINVAL, "8: empty step"},
	{"a tcp4; ; b tcp4", -EINVAL, "8: empty step"},
	{"=> a.bind=ok", -EINVAL, "1: empty step"},
	{"a", -EINVAL, "1: socket 'a' has nothing to do in this step"},
	{"as x a tcp4", -EINVAL, "4: 'as' needs a user ID, not 'x'"},
	{"as 1 wait 1s", -EINVAL, "6: 'as UID' is for a socket's step, not 'wait'"},
	{"a tcp4 wait 1s", -EINVAL, "8: 'wait' needs a step of its own"},
	{"wait 1.0000000001s", -EINVAL, "6: '1.0000000001s' is no duration (as 1.1s, 20ms)"},
	{"wait 1s 2s", -EINVAL, "9: '2s' follows 'wait': the next step needs a ';'"},
	{"none tcp4", -EINVAL, "1: 'none' has a meaning of its own and cannot name a socket"},
	{"abcdefghijklmnop tcp4", -E2BIG,
	 "1: socket name 'abcdefghijklmnop' is longer than 15 bytes"},
	{"1a tcp4", -EINVAL, "1: '1a' is no socket name (a letter, then letters, digits, '_')"},
	{"a tcp4 reuseaddr|nodelay", -EINVAL,
	 "8: 'reuseaddr' and 'nodelay' are of different levels: '|' cannot join them"},
	{"a tcp4 reuseaddr|linger", -EINVAL,
	 "8: 'linger' is not an int option: '|' cannot join it"},
	{"a tcp4 linger", -EINVAL, "8: 'linger' needs a value: linger=..."},
	{"a tcp4 reuseaddr=x", -EINVAL, "18: 'x' is no 32-bit number"},
	{"a tcp4 reuseaddr=4294967296", -EINVAL, "18: '4294967296' is no 32-bit number"},
	{"a tcp4 close=1", -EINVAL, "13: 'close' takes no value"},
	{"a tcp4 bind?", -EINVAL, "12: 'bind' is a call: '?' and '|' are for options"},
	{"a tcp4 sockopt=1:2:abc", -EINVAL, "20: 'abc' has an odd number of digits"},
	{"a udp4 send=256", -EINVAL, "13: '256' is no byte from 0 to 255"},
	{"a udp4 steer=mod:0", -EINVAL, "18: nothing can be divided by 0"},
	{"addr lo=lo2", -EINVAL,
	 "9: 'lo2' is not written as a number: addr needs a literal address"},
	{"a tcp4\x01", -EINVAL, "7: control byte 0x01 in the text"},
	{"a tcp4 \xc3\xa4", -EINVAL, "8: unknown word '\\xc3\\xa4'"},
	{"a tcp4 bind lo:p => a.bind=EADRINUSE", -EINVAL,
	 "28: unknown outcome 'EADRINUSE'; did you mean 'EADDRINUSE'?"},
	{"a tcp4 bind lo:p => a.bind=LISTEN", -EINVAL, "28: unknown outcome 'LISTEN'"},
	{"a tcp4 bind lo:p => a.bind.2=ok", -EINVAL,
	 "21: 'bind.2' is expected, but the case has only 1 'bind'"},
	{"a tcp4 bind lo:p => a.listen=ok", -EINVAL,
	 "21: 'listen' is expected, but socket 'a' never does that"},
	{"a tcp4 => look=LISTEN", -EINVAL, "11: 'look' is expected, but the case never does that"},
	{"a tcp4 bind lo:p => b.bind=ok", -EINVAL, "21: the case has no socket 'b'"},
	{"a tcp4 bind lo:p => a.bind=ok>c", -EINVAL, "21: the case has no socket 'c'"},
	{"a tcp4 => a.tcp4=ok>a,a|a", -EINVAL,
	 "22: ',' (all of them) and '|' (one of them) do not mix"},
	{"a tcp4 => a.tcp4=ok(lo:p", -EINVAL, "20: '(' without ')' at the end"},
	{"a tcp4 => a.tcp4", -EINVAL, "11: 'a.tcp4' is not SOCKET.WORD=OUTCOME"},
	{"a tcp4 => a.tcp4=ok => b", -EINVAL, "21: '=>' after '=>': expectations come last"},
};

static void refusals(void)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		struct ft_matrix *matrix = NULL;
		struct ft_err err = {0};

		CHECK_INT(errors[i].text, parse(errors[i].text, &matrix, &err), errors[i].code);
		CHECK_INT(errors[i].text, err.code, errors[i].code);
		CHECK_INT(errors[i].text, strncmp(err.text, "t:3:", 4), 0);
		CHECK_STR(errors[i].text, err.text + 4, errors[i].error);
		CHECK(!matrix);
	}
}

static void nul_byte(void)
{
	struct ft_matrix *matrix = NULL;
	struct ft_err err = {0};

	CHECK_INT("NUL", ft_matrix_parse("a tcp4\0", 7, NULL, 1, &matrix, &err), -EINVAL);
	CHECK_STR("NUL", err.text, "1:7: control byte 0x00 in the text");
}

static const struct {
	const char *text;
	unsigned needs;
} need_rows[] = {
	{"a tcp4 bind lo:p", 0},
	{"a tcp4 bind lo:0", 0},
	{"a tcp4 bind lo:80", FT_NEED_OWN_NAMESPACE},
	{"a tcp4 local_port_range=1-2", FT_NEED_OWN_NAMESPACE},
	{"a tcp4 local_port_range=none", 0},
	{"a tcp4 bind eth:p", FT_NEED_ETH},
	{"a tcp4 bind 192.0.2.9:p", FT_NEED_ETH},
	{"a tcp4 bind 239.1.2.3:p", FT_NEED_ETH},
	{"a udp4 bindtodevice=lo connect 10.9.9.9:p", FT_NEED_ETH}, /* its source is eth's */
	{"a udp4 bind 127.0.0.9:p", 0},
	{"a udp6 bind [::1]:p connect [::ffff:127.0.0.9]:p", 0},
	{"a tcp6 bind [2001:db8::9]:p", FT_NEED_ETH},
	{"a tcp6 bind [2001:db8:0:1::9]:p", FT_NEED_ETH},
	{"a tcp6 bind [::ffff:192.0.2.1]:p", FT_NEED_ETH},
	{"a tcp6 bind [fe80::1%lo]:p", FT_NEED_ETH},
	{"a tcp6 bind [fe80::1%eth]:p", FT_NEED_ETH},
	{"a tcp4 bindtodevice=lo bindtodevice=none", 0},
	{"a tcp4 bindtodevice=eth", FT_NEED_ETH},
	{"a udp4 add_membership=mcast@lo", FT_NEED_ETH | FT_NEED_GROUP},
	{"a udp4 sockopt=0:35:efff00010000000001000000", FT_NEED_ETH | FT_NEED_GROUP},
	{"a udp4 sockopt=1:2:01000000", 0},
	{"a@peer tcp4", FT_NEED_ETH},
	{"as 7 a tcp4", FT_NEED_UIDS},
	{"a tcp4 fchown=7", FT_NEED_UIDS},
	{"wait 1s", FT_NEED_WAIT},
	{"sysctl a=1", FT_NEED_SYSCTL | FT_NEED_OWN_NAMESPACE},
	{"link br0=bridge", FT_NEED_OWN_NAMESPACE},
	{"a tcp4 steer=1", 0},
	{"a tcp4 steer_ebpf=1", FT_NEED_PRIVILEGED_BPF},
};

static void needs(void)
{
	struct ft_case c;

	ft_case_init(&c);
	for (size_t i = 0; i < sizeof(need_rows) / sizeof(need_rows[0]); i++) {
		struct ft_matrix *matrix = NULL;
		struct ft_err err = {0};

		if (!CHECK_ROW(need_rows[i].text, !parse(need_rows[i].text, &matrix, &err), "%s",
			       err.text))
			continue;
		CHECK_INT(need_rows[i].text, ft_matrix_case(matrix, 0, &c), 0);
		CHECK_INT(need_rows[i].text, c.needs, need_rows[i].needs);
		CHECK_INT(need_rows[i].text, ft_matrix_needs(matrix), need_rows[i].needs);
		ft_matrix_free(matrix);
	}
	ft_case_fini(&c);
}

/* A group is joined by an interface, for all who are in the namespace meanwhile. */
static void groups(void)
{
	static const struct {
		const char *text;
		bool own;
	} rows[] = {
		{"a udp4 add_membership=mcast bind any:p; b udp4 send mcast:p", false},
		{"a udp4 add_membership=mcast; b tcp4 connect lo:p", true},
		{"a tcp4 add_membership=mcast; b tcp4 connect lo:p", false},
		{"a udp4 add_membership=mcast; wait 1s", true},
		{"b tcp4 connect lo:p; wait 1s", false},
	};
	struct ft_case c;

	ft_case_init(&c);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ft_matrix *matrix = NULL;
		struct ft_err err = {0};

		if (!CHECK_ROW(rows[i].text, !parse(rows[i].text, &matrix, &err), "%s", err.text))
			continue;
		CHECK_INT(rows[i].text, ft_matrix_case(matrix, 0, &c), 0);
		CHECK_INT(rows[i].text, !!(c.needs & FT_NEED_OWN_NAMESPACE), rows[i].own);
		ft_matrix_free(matrix);
	}
	ft_case_fini(&c);
}

/* Fields that printing alone does not prove. */
static void fields(void)
{
	static const char text[] = "as 5 a@peer udp6 local_port_range=40000-40007 sockopt=1:2:00ff "
				   "bind 127.0.0.2:e2 rcvtimeo=1.5s listen; b tcp4 connect lo:q";
	struct ft_matrix *matrix = NULL;
	struct ft_err err = {0};
	const struct ft_word *words;
	struct ft_case c;

	ft_case_init(&c);
	if (!CHECK_ROW("parse", !parse(text, &matrix, &err), "%s", err.text))
		return;
	CHECK_INT("case", ft_matrix_case(matrix, 0, &c), 0);
	CHECK(c.n_steps == 2 && !c.has_expected && c.steps[0]->as && c.steps[0]->peer);
	CHECK_INT("uid", c.steps[0]->uid, 5);
	words = c.steps[0]->words;
	CHECK_INT("family", words[0].detail, FT_FAMILY_UDP6);
	CHECK_INT("range", words[1].value, INT64_C(40007) << 16 | 40000);
	CHECK_INT("sockopt", words[2].value, INT64_C(1) << 32 | 2);
	CHECK_INT("sockopt bytes", words[2].text_len, 2);
	CHECK(!memcmp(words[2].text, "\x00\xff", 2));
	CHECK(words[3].has_at && words[3].at.host == FT_HOST_LITERAL4);
	CHECK(!memcmp(words[3].at.bytes, "\x7f\x00\x00\x02", 4));
	CHECK(words[3].at.port == FT_PORT_KERNEL && words[3].at.number == 2);
	CHECK_INT("seconds", words[4].value, 1500000000);
	CHECK_INT("backlog", words[5].value, -1);
	CHECK_INT("column", c.steps[1]->words[1].column, strstr(text, "connect") - text + 1);
	CHECK_STR("port", c.names->port[c.steps[1]->words[1].at.number], "q");
	CHECK_STR("socket", c.names->socket[c.steps[1]->subject], "b");
	ft_matrix_free(matrix);
	ft_case_fini(&c);
}

static void occurrences(void)
{
	struct ft_matrix *matrix = NULL;
	struct ft_err err = {0};
	struct ft_case c;

	ft_case_init(&c);
	if (!CHECK_ROW("parse",
		       !parse("a tcp4 bind lo:p; b tcp4 bind lo:p bind lo:q; a bind lo:q", &matrix,
			      &err),
		       "%s", err.text))
		return;
	CHECK_INT("case", ft_matrix_case(matrix, 0, &c), 0);
	CHECK_INT("a.bind", ft_case_occurrence(&c, 0, 1), 1);
	CHECK_INT("b.bind.2", ft_case_occurrence(&c, 1, 2), 2);
	CHECK_INT("a.bind.2", ft_case_occurrence(&c, 2, 0), 2);
	CHECK_INT("first in its step", c.steps[2]->words[0].nth, 1);
	CHECK_INT("second in its step", c.steps[1]->words[2].nth, 2);
	CHECK(ft_word_same_name(&c.steps[0]->words[1], &c.steps[1]->words[1]));
	CHECK(!ft_word_same_name(&c.steps[0]->words[0], &c.steps[1]->words[1]));
	ft_matrix_free(matrix);
	ft_case_fini(&c);
}

/* A label is the same whether the parser made it or it is printed now. */
static void labels(void)
{
	static const char *const wanted[] = {"a.tcp4", "a.reuseaddr|reuseport", "a.v6only?",
					     "a.bind", "look"};
	struct ft_matrix *matrix = NULL;
	struct ft_err err = {0};
	struct ft_case c;
	size_t n = 0;

	ft_case_init(&c);
	if (!CHECK_ROW("parse",
		       !parse("a tcp4 reuseaddr|reuseport v6only? bind lo:p; look lo:p", &matrix,
			      &err),
		       "%s", err.text))
		return;
	CHECK_INT("case", ft_matrix_case(matrix, 0, &c), 0);
	for (size_t s = 0; s < c.n_steps; s++)
		for (size_t w = 0; w < c.steps[s]->n_words; w++, n++) {
			struct ft_word word = c.steps[s]->words[w];
			const struct ft_step bare = {.subject = c.steps[s]->subject,
						     .n_words = 1,
						     .words = &word};
			struct ft_text made, printed;

			CHECK(word.label != NULL);
			word.label = NULL;
			ft_text_init(&made, 100);
			ft_text_init(&printed, 100);
			ft_label_print(c.steps[s], w, c.names, &made);
			ft_label_print(&bare, 0, c.names, &printed);
			CHECK_STR(wanted[n], ft_text_get(&made), wanted[n]);
			CHECK_STR(wanted[n], ft_text_get(&printed), wanted[n]);
			ft_text_fini(&made);
			ft_text_fini(&printed);
		}
	ft_matrix_free(matrix);
	ft_case_fini(&c);
}

/* The parser searches the options by halves. */
static void options_sorted(void)
{
	for (size_t i = 0; i < ft_n_options; i++) {
		const char *dash = strchr(ft_options[i].name, '_');
		struct ft_matrix *matrix = NULL;
		struct ft_err err = {0};
		char text[80];

		if (i)
			CHECK_ROW(ft_options[i].word,
				  strcmp(ft_options[i - 1].word, ft_options[i].word) < 0,
				  "stands behind '%s'", ft_options[i - 1].word);
		CHECK_ROW(ft_options[i].word, dash && !strcasecmp(dash + 1, ft_options[i].word),
			  "is not the name of %s", ft_options[i].name);
		if (ft_options[i].value == FT_VALUE_MEMBERSHIP)
			continue;
		snprintf(text, sizeof(text), "a tcp4 %s?", ft_options[i].word);
		CHECK_ROW(text, !parse(text, &matrix, &err), "%s", err.text);
		ft_matrix_free(matrix);
	}
}

struct seen {
	unsigned n;
	char texts[8][64];
	unsigned lines[8];
};

static int each(void *arg, const char *text, size_t len, unsigned line, struct ft_err *err)
{
	struct seen *seen = arg;

	if (seen->n == 8 || len >= 64)
		return ft_err_set(err, -E2BIG, "unexpected");
	memcpy(seen->texts[seen->n], text, len + 1);
	seen->lines[seen->n++] = line;
	return strcmp(text, "stop") ? 0 : 42;
}

static int read_cases(const char *text, struct seen *seen, struct ft_err *err)
{
	FILE *file = fmemopen((void *)text, strlen(text), "r");
	int r;

	if (!file)
		return -ENOMEM;
	r = ft_cases_read(file, "f", each, seen, err);
	fclose(file);
	return r;
}

static void files(void)
{
	struct seen seen = {0};
	struct ft_err err = {0};

	CHECK_INT("file",
		  read_cases("# head\n\na tcp4 # says\r\n\tbind lo:p;\r\n  # no\n\n  b x#y\n"
			     "c\nd  \nlast",
			     &seen, &err),
		  0);
	CHECK_INT("entries", seen.n, 4);
	CHECK_STR("joined", seen.texts[0], "a tcp4 bind lo:p; b x#y");
	CHECK_INT("joined", seen.lines[0], 3);
	CHECK_STR("second", seen.texts[1], "c");
	CHECK_INT("second", seen.lines[1], 8);
	CHECK_STR("third", seen.texts[2], "d");
	CHECK_STR("without a newline", seen.texts[3], "last");
}

static void file_errors(void)
{
	struct seen seen = {0};
	struct ft_err err = {0};

	CHECK_INT("orphan", read_cases("# x\n  a\n", &seen, &err), -EINVAL);
	CHECK_STR("orphan", err.text,
		  "f:2:1: an indented line continues the one before it, and there is none");
	err = (struct ft_err){0};
	CHECK_INT("stop", read_cases("a\nstop\nb\n", &seen, &err), 42);
	CHECK_INT("stop", seen.n, 2);
}

/* The ports that a text writes: each once, and known also where they are too many to keep. */
static void numbers(void)
{
	struct ft_numbers kept = {.known = false};
	struct ft_matrix *matrix = NULL;
	uint16_t ports[3 * FT_CASE_NUMBERS_KEPT];
	struct ft_err err = {0};
	struct ft_text text;
	struct ft_case c;

	ft_text_init(&text, 1 << 16);
	ft_text_str(&text, "a tcp4 bind lo:7");
	for (int i = 0; i < 2 * FT_CASE_NUMBERS_KEPT; i++)
		ft_text_printf(&text, "; look lo:7; look lo:%d", 1000 + i);
	ft_case_init(&c);
	if (CHECK_ROW(ft_text_get(&text), !parse(ft_text_get(&text), &matrix, &err), "%s",
		      err.text) &&
	    CHECK(!ft_matrix_case(matrix, 0, &c))) {
		CHECK_INT("all", (int64_t)ft_case_numbers(&c, ports, 3 * FT_CASE_NUMBERS_KEPT),
			  2 * FT_CASE_NUMBERS_KEPT + 1);
		CHECK_INT("first", ports[0], 7);
		CHECK_INT("second", ports[1], 1000);
		CHECK(ft_case_numbers(&c, ports, 2) > 2);
		CHECK(ft_case_writes(&c, &kept, 7));
		CHECK(ft_case_writes(&c, &kept, 1000 + 2 * FT_CASE_NUMBERS_KEPT - 1));
		CHECK(!ft_case_writes(&c, &kept, 999));
	}
	ft_case_fini(&c);
	ft_matrix_free(matrix);
	ft_text_fini(&text);
}

static const struct ft_test tests[] = {
	{"canonical", canonical},
	{"refusals", refusals},
	{"NUL byte", nul_byte},
	{"needs", needs},
	{"groups", groups},
	{"fields", fields},
	{"occurrences", occurrences},
	{"labels", labels},
	{"options", options_sorted},
	{"files", files},
	{"file errors", file_errors},
	{"numbers", numbers},
	{0},
};

const struct ft_suite ft_suite_case = {"case", tests};
