/* SPDX-License-Identifier: MIT */
/*
 * Does the search find every outcome that the model allows, none that it does not, and soon?
 *
 * The outcomes are the model's own, under lists of choices drawn at random: whatever it can say,
 * the search must find again from the text alone.
 */
#include "explore/random.h"
#include "reports/match.h"
#include "staged.h"
#include "tests/support/suite.h"

enum { LISTS = 150, LIST_LENGTH = 300, MEMBERS = 64, CONNECTS = 256 };

static const struct ft_setting *setting(void)
{
	static struct ft_setting row = {.cpus = 2, .hz = 1000, .privileged = true};

	row.profile = ft_profile_release(6, 18);
	return &row;
}

/* What the model says of a case when it takes these choices, byte by byte. */
static bool foretell(struct ft_match *match, const struct ft_case *c, const uint16_t *choices,
		     struct ft_text *out)
{
	ft_text_clear(out);
	if (ft_model_predict(match->model, c, setting(), choices, LIST_LENGTH, &match->prediction) <
	    0)
		return false;
	ft_prediction_print_taken(&match->prediction, c, out);
	return !out->failed;
}

/* The search's word on an outcome, and how many calls all of its runs made. */
static enum ft_agreement search(struct ft_match *match, const char *text, const char *outcome,
				size_t *ret_spent)
{
	enum ft_agreement agreement = FT_NO_WORD;
	struct staged staged;

	match->calls_left = FT_MATCH_CALLS;
	if (CHECK_ROW(text, staged_init(&staged, text, NULL, outcome), "%s", staged.err.text))
		agreement = ft_match_record(match, &staged.record, setting());
	staged_fini(&staged);
	*ret_spent = FT_MATCH_CALLS - match->calls_left;
	return agreement;
}

static void draw(struct ft_random *random, unsigned among, uint16_t *choices)
{
	for (unsigned i = 0; i < LIST_LENGTH; i++)
		choices[i] = (uint16_t)ft_random_below(random, among);
}

/* ---- small cases ---- */

#define TCP(name) #name " tcp4 reuseport bind lo:p listen; "
#define UDP(name) #name " udp4 reuseport bind lo:p; "

static const char *const texts[] = {
	/* ports that one connection may have from another one, or from a closed one */
	"l tcp4 bind any:q listen; a tcp4 connect lo:q; b tcp4 connect lo2:q; c tcp4 connect "
	"lo3:q; d tcp4 connect lo:q",
	"l tcp4 bind any:q listen; a tcp4 connect lo:q; a linger=0 close; b tcp4 connect lo:q; "
	"c tcp4 bind lo2:0; d tcp4 connect lo:q",
	"a udp4 reuseaddr bind lo:0; b udp4 reuseaddr bind lo:0; c udp4 send lo:e1",
	"sysctl ip_local_reserved_ports=32768-60997; a tcp4 bind lo:0; b tcp4 bind lo:0; "
	"c tcp4 bind lo:0",
	TCP(a) TCP(b) TCP(c) "d tcp4 connect lo:p; e tcp4 connect lo:p; f tcp4 connect lo:p",
	/* the same 4-tuple again, among as many and among fewer */
	TCP(a) TCP(b) "d tcp4 reuseaddr bind lo:q connect lo:p linger=0 close; "
		      "e tcp4 reuseaddr bind lo:q connect lo:p linger=0 close; "
		      "b close; f tcp4 reuseaddr bind lo:q connect lo:p",
	/* who got it shows later, if at all */
	TCP(a) TCP(b) "d tcp4 begin lo:p; e tcp4 begin lo:p; f tcp4 connect lo:p; "
		      "a accept x; a accept y; b accept z",
	TCP(a) TCP(b) "b dup g; d tcp4 connect lo:p; a close; e tcp4 connect lo:p",
	/* a member that does not hear, a queue that is full */
	TCP(a) TCP(b) "b deaf; d tcp4 connect lo:p; e tcp4 connect lo:p",
	TCP(a) "b tcp4 reuseport bind lo:p listen=0; d tcp4 connect lo:p; e tcp4 connect lo:p; "
	       "f tcp4 connect lo:p",
	/* a connection that comes up unseen, while another one is asked for */
	TCP(a) TCP(b) "d tcp4 deaf begin lo:p; d hear; wait 1.2s; e tcp4 connect lo:p; b accept x",
	/* migration */
	"sysctl tcp_migrate_req=1; " TCP(a) TCP(b)
		TCP(c) "d tcp4 connect lo:p; e tcp4 connect lo:p; "
		       "a close; b accept x; c accept y",
	/* UDP: connected members, the sender a member itself */
	UDP(a) UDP(b) UDP(c) "d udp4 send lo:p; e udp4 send lo:p; d send lo:p; a send lo:p",
	UDP(a) UDP(b)
		UDP(c) "c connect lo:q; d udp4 bind lo:q send lo:p; e udp4 bind lo:r send lo:p; "
		       "d send lo:p",
	"a udp4 reuseaddr reuseport bind lo:p; b udp4 reuseaddr reuseport bind lo:p; "
	"c udp4 reuseaddr bindtodevice=lo bind lo:p; b connect lo:q; d udp4 send lo:p",
	/* ports that the kernel draws, and CPUs */
	"sysctl ip_local_port_range=40000_40003; " TCP(a) TCP(b) "d tcp4 connect lo:p; "
								 "e tcp4 connect lo:p",
	"a tcp4 reuseport incoming_cpu=1 bind lo:p listen; " TCP(b) TCP(c) "d tcp4 connect lo:p; "
									   "e tcp4 connect lo:p",
};

static void outcomes_of(struct ft_match *match, const char *text, struct ft_random *random)
{
	uint16_t choices[LIST_LENGTH];
	struct ft_matrix *matrix = NULL;
	struct ft_text outcome;
	struct ft_err err = {0};
	struct ft_case c;
	size_t spent;

	ft_text_init(&outcome, 1 << 20);
	if (CHECK_ROW(text, staged_parse(text, NULL, &matrix, &c, &err), "%s", err.text))
		for (unsigned i = 0; i < LISTS; i++) {
			draw(random, 4, choices);
			if (!CHECK_ROW(text, foretell(match, &c, choices, &outcome), "no memory"))
				break;
			CHECK_ROW(text,
				  search(match, text, ft_text_get(&outcome), &spent) == FT_AGREES,
				  "%s", ft_text_get(&outcome));
		}
	ft_case_fini(&c);
	ft_matrix_free(matrix);
	ft_text_fini(&outcome);
}

static void every_outcome(void)
{
	struct ft_random random;
	struct ft_match match;

	ft_random_seed(&random, 1, 0);
	if (CHECK(ft_match_init(&match) == 0))
		for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
			outcomes_of(&match, texts[i], &random);
	ft_match_fini(&match);
}

/* ---- large ones ---- */

/* So many connections to each of two destinations: of few ports each alternative is looked at
 * before, of many only the one that is taken. */
enum { FEW_PORTS = 200, MANY_PORTS = 290 };

static void print_ports(struct ft_text *out, unsigned n)
{
	ft_text_str(out, "l tcp4 bind any:q listen; ");
	for (unsigned i = 1; i <= n; i++)
		ft_text_printf(out, "s%u tcp4 connect lo:q; ", i);
	for (unsigned i = 1; i <= n; i++)
		ft_text_printf(out, "t%u tcp4 connect lo2:q; ", i);
	ft_text_str(out, "z tcp4 bind lo:q");
}

static void print_large(struct ft_text *out)
{
	ft_text_clear(out);
	for (unsigned i = 1; i <= MEMBERS; i++)
		ft_text_printf(out, "a%u tcp4 reuseport bind lo:p listen; ", i);
	for (unsigned i = 1; i <= CONNECTS; i++)
		ft_text_printf(out, "c%u tcp4 connect lo:p; ", i);
	ft_text_str(out, "z tcp4 bind lo:p");
}

/* The same outcome, but for its last call. */
static void print_wrong(const struct ft_text *outcome, struct ft_text *out)
{
	const char *text = ft_text_get(outcome), *last = strstr(text, "z.bind=EADDRINUSE");

	if (!CHECK_ROW(text, last != NULL, "the last call is another one"))
		return;
	ft_text_bytes(out, text, (size_t)(last - text));
	ft_text_str(out, "z.bind=ok");
}

/* A case of thousands of choices is compared in two runs, whatever was chosen; and that no choice
 * can mend another call is known in one more. run: how many calls one has. */
static void check_large(struct ft_match *match, const char *text, const struct ft_case *c,
			size_t run)
{
	uint16_t choices[LIST_LENGTH];
	struct ft_text outcome, wrong;
	struct ft_random random;
	size_t spent;

	ft_text_init(&outcome, 1 << 20);
	ft_text_init(&wrong, 1 << 20);
	ft_random_seed(&random, 2, 0);
	draw(&random, MEMBERS, choices);
	if (CHECK(foretell(match, c, choices, &outcome))) {
		CHECK(search(match, text, ft_text_get(&outcome), &spent) == FT_AGREES);
		CHECK_ROW("allowed", spent <= 2 * run, "%zu calls", spent);
		print_wrong(&outcome, &wrong);
		CHECK(search(match, text, ft_text_get(&wrong), &spent) == FT_DISAGREES);
		CHECK_ROW("not allowed", spent <= 3 * run, "%zu calls", spent);
	}
	ft_text_fini(&outcome);
	ft_text_fini(&wrong);
}

static void search_large(const struct ft_text *text, size_t run)
{
	struct ft_matrix *matrix = NULL;
	struct ft_match match;
	struct ft_err err = {0};
	struct ft_case c;

	if (CHECK(ft_match_init(&match) == 0) &&
	    CHECK_ROW("large", staged_parse(ft_text_get(text), NULL, &matrix, &c, &err), "%s",
		      err.text))
		check_large(&match, ft_text_get(text), &c, run);
	ft_case_fini(&c);
	ft_matrix_free(matrix);
	ft_match_fini(&match);
}

static void large(void)
{
	struct ft_text text;

	ft_text_init(&text, 1 << 20);
	print_large(&text);
	search_large(&text, 2 * MEMBERS + CONNECTS + 2);
	ft_text_fini(&text);
}

static void large_of_ports(void)
{
	static const unsigned rows[] = {FEW_PORTS, MANY_PORTS};
	struct ft_text text;

	ft_text_init(&text, 1 << 20);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ft_text_clear(&text);
		print_ports(&text, rows[i]);
		search_large(&text, 2 * rows[i] + 4);
	}
	ft_text_fini(&text);
}

/* Somebody who is no member of the group cannot have got it. */
static void stranger(void)
{
	struct ft_match match;
	size_t spent;

	if (CHECK(ft_match_init(&match) == 0))
		CHECK(search(&match, TCP(a) TCP(b) "s tcp4 bind lo2:p listen; d tcp4 connect lo:p",
			     "a.bind=ok a.listen=ok b.bind=ok b.listen=ok s.bind=ok s.listen=ok "
			     "d.connect=ok(lo:e1)>s",
			     &spent) == FT_DISAGREES);
	ft_match_fini(&match);
}

static const struct ft_test tests[] = {
	{"every_outcome", every_outcome}, {"large", large}, {"large_of_ports", large_of_ports},
	{"stranger", stranger},           {NULL, NULL},
};

const struct ft_suite ft_suite_match = {"match", tests};
