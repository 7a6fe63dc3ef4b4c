/* SPDX-License-Identifier: MIT */
/*
 * Does the third witness say what sock_diag lists at the decisive moment, and say so where it is
 * not to be had?
 */
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "child.h"
#include "engine/diag.h"
#include "engine/engine.h"
#include "tests/support/suite.h"

/* By tuple: its state, NONE, or ? where it was not asked for. */
struct row {
	const char *text, *listed;
};

static const struct row rows[] = {
	{"s tcp4 bind lo:p listen; c tcp4 connect lo:p", "ESTABLISHED"},
	{"s tcp6 bind any:p listen; c tcp4 connect lo:p; d tcp6 connect lo4:p; e tcp6 connect lo:p",
	 "ESTABLISHED ESTABLISHED ESTABLISHED"},
	/* the end comes after the question */
	{"s tcp4 bind lo:p listen; c tcp4 connect lo:p close", "ESTABLISHED"},
	{"s tcp4 bind lo:p listen; c tcp4 connect lo:p; s close; wait 10ms", "ESTABLISHED"},
	/* ... and a second attempt after the end */
	{"sysctl tcp_timestamps=0; s tcp4 bind lo:p listen;"
	 "c tcp4 reuseaddr bind lo:q connect lo:p;"
	 "s accept x; c close; x close; d tcp4 reuseaddr bind lo:q connect lo:p",
	 "ESTABLISHED TIME_WAIT"},
	{"c tcp4 connect lo:p", "NONE"},
	{"s tcp4 deaf bind lo:p listen; c tcp4 begin lo:p", "SYN_SENT"},
	{"s tcp4 bind lo:p listen; c tcp4 deaf begin lo:p", "SYN_SENT"},
	{"l tcp4 deaf bind lo:q listen; a tcp4 bind lo:p begin lo:q; l close;"
	 "b tcp4 bind lo:q connect lo:p",
	 "ESTABLISHED ESTABLISHED"},
	{"s tcp4 bind any:p listen; c tcp4 connect any:p; d tcp4 bind lo2:q connect any:p",
	 "ESTABLISHED ESTABLISHED"},
	{"s tcp4 bind any:p listen; c tcp4 bindtodevice=lo connect lo:p", "ESTABLISHED"},
	{"s tcp4 bind eth:p listen; c@peer tcp4 connect eth:p", "ESTABLISHED"},
	{"s tcp6 bind any:p listen; c@peer tcp4 connect eth:p", "ESTABLISHED"},
	{"s@peer tcp4 bind peer:p listen; c tcp4 connect peer:p", "ESTABLISHED"},
	{"as 0 s udp4 bind lo:p; c udp4 connect lo:p; d udp4 send lo:p", "ESTABLISHED ?"},
	{"s tcp4 bind lo:p connect lo:p", "ESTABLISHED"},
	/* who is refused a 4-tuple claims it, too */
	{"s tcp4 bind lo:q listen; a tcp4 reuseport bind lo:p connect lo:q;"
	 "b tcp4 reuseport bind lo:p connect lo:q; c tcp6 connect lo4:q",
	 "ESTABLISHED ESTABLISHED ESTABLISHED"},
};

struct scene {
	struct ft_engine *engine;
	struct ft_matrix *matrix;
	unsigned cases, given; /* how many, of the same one */
	unsigned open, most;   /* that were given and are not done, now and at most */
	unsigned places;
	bool unlisted;
	struct ft_text listed;
};

static int next(void *arg, struct ft_run *run)
{
	struct scene *scene = arg;

	if (scene->given > scene->cases)
		return 0;
	scene->given++;
	if (++scene->open > scene->most)
		scene->most = scene->open;
	return ft_matrix_case(scene->matrix, 0, &run->c) < 0 ? -ENOMEM : 1;
}

static void done(void *arg, struct ft_run *run)
{
	const struct ft_record *record = &run->record;
	struct scene *scene = arg;

	for (size_t i = 0; i < record->n_tuples; i++) {
		const struct ft_tuple *tuple = &record->tuples[i];
		const char *name = tuple->diag ? ft_diag_state_name(tuple->diag) : "NONE";

		ft_text_printf(&scene->listed, "%s%s", i ? " " : "", tuple->has_diag ? name : "?");
	}
	if (record->verdict != FT_VERDICT_OBSERVED)
		ft_text_printf(&scene->listed, " (%s)", record->reason);
	scene->unlisted = record->unlisted;
	scene->open--;
	ft_engine_release(scene->engine, run);
}

static int place_open(void *arg, struct ft_place *place, struct ft_err *err)
{
	(void)place;
	(void)err;
	((struct scene *)arg)->places++;
	return 0;
}

static void run(const char *text, struct scene *scene, void (*prepare)(struct ft_text *complaints),
		struct ft_text *complaints)
{
	struct ft_sandbox sandbox = {0};
	const struct ft_engine_options options = {.sandbox = &sandbox, .cpu = -1, .listed = true};
	const struct ft_engine_hooks hooks = {.arg = scene,
					      .next = next,
					      .done = done,
					      .place_open = place_open};
	struct ft_err err = {0};

	ft_text_init(&scene->listed, 1 << 12);
	if (ft_matrix_parse(text, strlen(text), NULL, 1, &scene->matrix, &err) == 0 &&
	    ft_sandbox_enter(&sandbox, NULL, &err) == 0) {
		if (prepare)
			prepare(complaints);
		if (ft_engine_new(&options, &hooks, &scene->engine, &err) == 0)
			ft_engine_work(scene->engine, &err);
		ft_engine_free(scene->engine);
	}
	ft_matrix_free(scene->matrix);
	if (err.code)
		ft_text_printf(complaints, "%s\n", err.text);
}

static void check_row(const void *arg, struct ft_text *complaints)
{
	const struct row *row = arg;
	struct scene scene = {0};

	run(row->text, &scene, NULL, complaints);
	if (strcmp(ft_text_get(&scene.listed), row->listed) != 0 || scene.unlisted)
		ft_text_printf(complaints, "listed %s\n", ft_text_get(&scene.listed));
	ft_text_fini(&scene.listed);
}

static void states(void)
{
	char complaints[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ft_child_run(check_row, &rows[i], complaints);
		CHECK_STR(rows[i].text, complaints, "");
	}
}

/* A hundred cases whose connections last are asked for some at a time; those with an end of their
 * own one by one. */
static const struct {
	const char *text;
	bool together;
} batches[] = {
	{"s tcp4 bind lo:p listen; c tcp4 connect lo:p", true},
	{"s tcp6 bind any:p listen; c tcp4 connect lo:p; d tcp6 connect lo:p", true},
	{"s tcp4 bind lo:p listen; c tcp4 connect lo:p close", false},
	{"s tcp4 listen; c tcp4 connect lo:e1", false},
	{"u udp4 bind lo:q connect lo:p", false},
	{"sysctl tcp_timestamps=0; s tcp4 bind lo:p listen; c tcp4 connect lo:p", false},
};

static void check_batch(const void *arg, struct ft_text *complaints)
{
	const unsigned *which = arg;
	struct scene scene = {.cases = 99};
	unsigned n = 0;

	run(batches[*which].text, &scene, NULL, complaints);
	for (const char *at = ft_text_get(&scene.listed); (at = strstr(at, "ESTABLISHED")); at++)
		n++;
	if (n % 100 || n == 0 || (scene.most > 1) != batches[*which].together || scene.open)
		ft_text_printf(complaints, "%u listed, of at most %u cases at once, %u lost\n", n,
			       scene.most, scene.open);
	ft_text_fini(&scene.listed);
}

static void together(void)
{
	char complaints[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	for (unsigned i = 0; i < sizeof(batches) / sizeof(*batches); i++) {
		ft_child_run(check_batch, &i, complaints);
		CHECK_STR(batches[i].text, complaints, "");
	}
}

/* As a kernel without the module has it: no such protocol of AF_NETLINK. */
static void forbid_diag(struct ft_text *complaints)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NETLINK_SOCK_DIAG, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPROTONOSUPPORT),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		ft_text_printf(complaints, "seccomp: %d\n", errno);
}

static void check_missing(const void *arg, struct ft_text *complaints)
{
	struct scene scene = {0};

	(void)arg;
	run(rows[0].text, &scene, forbid_diag, complaints);
	if (strcmp(ft_text_get(&scene.listed), "?") != 0 || !scene.unlisted)
		ft_text_printf(complaints, "listed %s, and the record says %s\n",
			       ft_text_get(&scene.listed), scene.unlisted ? "so" : "nothing");
	ft_text_fini(&scene.listed);
}

static void missing(void)
{
	char complaints[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	ft_child_run(check_missing, NULL, complaints);
	CHECK_STR("without sock_diag", complaints, "");
}

/* What a case leaves is destroyed; where that cannot be, the next one runs elsewhere. */
#define LEAVES "s tcp4 bind lo:p listen; c tcp4 connect lo:p; s accept x; c close; x close"
#define LEAVES_NOTHING "s tcp4 bind lo:p listen; c tcp4 connect lo:p"

static void check_places(const void *arg, struct ft_text *complaints)
{
	static const struct {
		const char *text;
		bool forbidden;
		unsigned places;
	} places[] = {
		{LEAVES, false, 1},
		{LEAVES, true, 3},
		{LEAVES_NOTHING, true, 1},
	};
	const unsigned *which = arg;
	struct scene scene = {.cases = 2};

	run(places[*which].text, &scene, places[*which].forbidden ? forbid_diag : NULL, complaints);
	if (scene.places != places[*which].places)
		ft_text_printf(complaints, "%u places\n", scene.places);
	ft_text_fini(&scene.listed);
}

static void cleared(void)
{
	char complaints[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	for (unsigned i = 0; i < 3; i++) {
		ft_child_run(check_places, &i, complaints);
		CHECK_STR("places", complaints, "");
	}
}

static const struct ft_test tests[] = {
	{"states", states},   {"together", together}, {"missing", missing},
	{"cleared", cleared}, {NULL, NULL},
};

const struct ft_suite ft_suite_listed = {"listed", tests};
