/* SPDX-License-Identifier: MIT */
/*
 * Does the list of sockets tell the truth about sockets whose state the test knows?
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <time.h>

#include <linux/filter.h>

#include "engine/diag.h"
#include "tests/live/child.h"

enum { PORT = 7000, OTHER_PORT = 7001, MANY = 1500, WAIT_ROUNDS = 2000 };

/* A connection as it is looked up from both sides. */
struct pair {
	const char *name;
	int family;
	const char *address; /* of both ends */
	int looked_up_as;    /* the family in which it travels */
};

static const struct pair pairs[] = {
	{"tcp4", AF_INET, "127.0.0.1", AF_INET},
	{"tcp6", AF_INET6, "::1", AF_INET6},
	{"v4-mapped", AF_INET6, "::ffff:127.0.0.1", AF_INET},
};

/* What is open in a test. */
struct scene {
	struct ft_text *complaints;
	const struct pair *pair;
	int diag, listener, client, server;
	struct ft_address client_at, server_at;
};

static void complain(struct scene *scene, const char *what, int got)
{
	ft_text_printf(scene->complaints, "%s: %d (errno %d)\n", what, got, errno);
}

static socklen_t fill(const struct pair *pair, uint16_t port, struct sockaddr_storage *out)
{
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
	struct sockaddr_in *four = (struct sockaddr_in *)out;

	memset(out, 0, sizeof(*out));
	out->ss_family = (sa_family_t)pair->family;
	if (pair->family == AF_INET) {
		four->sin_port = htons(port);
		inet_pton(AF_INET, pair->address, &four->sin_addr);
		return sizeof(*four);
	}
	six->sin6_port = htons(port);
	inet_pton(AF_INET6, pair->address, &six->sin6_addr);
	return sizeof(*six);
}

static struct ft_address plain(const struct pair *pair, uint16_t port)
{
	struct ft_address out = {.family = (uint16_t)pair->looked_up_as, .port = port};

	inet_pton(pair->looked_up_as, pair->looked_up_as == AF_INET ? "127.0.0.1" : pair->address,
		  out.bytes);
	return out;
}

static int new_socket(const struct pair *pair, int type, uint16_t port)
{
	struct sockaddr_storage at;
	socklen_t len = fill(pair, port, &at);
	int on = 1, fd = socket(pair->family, type | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&at, len) == 0)
		return fd;
	close(fd);
	return -1;
}

static uint16_t port_of(int fd)
{
	struct sockaddr_in6 at;
	socklen_t len = sizeof(at);

	return getsockname(fd, (struct sockaddr *)&at, &len) == 0 ? ntohs(at.sin6_port) : 0;
}

/* Drops whatever the socket is sent. */
static void go_deaf(int fd)
{
	struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = {.len = 1, .filter = &drop};

	setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

static bool start(struct scene *scene, const struct pair *pair, struct ft_text *complaints)
{
	struct ft_sandbox sandbox;
	struct ft_netns ns;
	struct ft_err err = {0};

	*scene = (struct scene){.complaints = complaints, .pair = pair, .client = -1};
	if (!ft_child_enter(&sandbox, &ns, false, complaints))
		return false;
	scene->diag = ft_diag_open(&err);
	scene->listener = new_socket(pair, SOCK_STREAM, PORT);
	scene->server = -1;
	if (scene->diag < 0 || scene->listener < 0 || listen(scene->listener, 100) < 0)
		complain(scene, err.text, scene->diag);
	return true;
}

/* Begins a connection; the client is deaf if so wanted. */
static void begin(struct scene *scene, bool deaf, const char *device)
{
	struct sockaddr_storage at;
	socklen_t len = fill(scene->pair, PORT, &at);

	scene->client = new_socket(scene->pair, SOCK_STREAM, 0);
	if (deaf)
		go_deaf(scene->client);
	if (device && setsockopt(scene->client, SOL_SOCKET, SO_BINDTODEVICE, device,
				 (socklen_t)strlen(device)) < 0)
		complain(scene, "bind to device", 0);
	fcntl(scene->client, F_SETFL, O_NONBLOCK);
	if (connect(scene->client, (struct sockaddr *)&at, len) < 0 && errno != EINPROGRESS)
		complain(scene, "connect", 0);
	scene->client_at = plain(scene->pair, port_of(scene->client));
	scene->server_at = plain(scene->pair, PORT);
}

static void connect_and_accept(struct scene *scene)
{
	begin(scene, false, NULL);
	scene->server = accept(scene->listener, NULL, NULL);
	if (scene->server < 0)
		complain(scene, "accept", scene->server);
}

/* Or a negative errno. */
static int state_of(int fd, const struct ft_address *local, const struct ft_address *remote)
{
	struct ft_diag_row row = {0};
	int rc = ft_diag_find(fd, local, remote, &row, NULL);

	return rc < 0 ? rc : row.state;
}

/* Both sides, polled until both are as wanted: a FIN takes a moment. */
static void expect(struct scene *scene, const char *when, int client_wanted, int server_wanted)
{
	struct timespec nap = {.tv_nsec = 500000};
	int client = 0, server = 0;

	for (int i = 0; i < WAIT_ROUNDS; i++) {
		client = state_of(scene->diag, &scene->client_at, &scene->server_at);
		server = state_of(scene->diag, &scene->server_at, &scene->client_at);
		if (client == client_wanted && server == server_wanted)
			return;
		nanosleep(&nap, NULL);
	}
	ft_text_printf(scene->complaints, "%s: client %d, not %d; server %d, not %d\n", when,
		       client, client_wanted, server, server_wanted);
}

/* ---- the states of a tuple ---- */

static void check_closing(const void *arg, struct ft_text *complaints)
{
	struct scene scene;

	if (!start(&scene, arg, complaints))
		return;
	connect_and_accept(&scene);
	expect(&scene, "connected", TCP_ESTABLISHED, TCP_ESTABLISHED);
	shutdown(scene.client, SHUT_WR);
	expect(&scene, "shut down", TCP_FIN_WAIT2, TCP_CLOSE_WAIT);
	close(scene.client);
	/* no socket is left, but a small record that is shown as what it stands for */
	expect(&scene, "closed by one", TCP_FIN_WAIT2, TCP_CLOSE_WAIT);
	close(scene.server);
	expect(&scene, "closed by both", TCP_TIME_WAIT, -ENOENT);
}

static void check_opening(const void *arg, struct ft_text *complaints)
{
	struct scene scene;

	if (!start(&scene, arg, complaints))
		return;
	begin(&scene, true, NULL);
	expect(&scene, "deaf client", TCP_SYN_SENT, TCP_SYN_RECV);
	close(scene.client);
	go_deaf(scene.listener);
	begin(&scene, false, NULL);
	/* a look-up of the server's side finds the listener, which is no answer */
	expect(&scene, "deaf listener", TCP_SYN_SENT, -ENOENT);
}

static void check_fins(const void *arg, struct ft_text *complaints)
{
	struct scene scene;

	if (!start(&scene, arg, complaints))
		return;
	connect_and_accept(&scene);
	go_deaf(scene.server);
	shutdown(scene.client, SHUT_WR);
	expect(&scene, "deaf server", TCP_FIN_WAIT1, TCP_ESTABLISHED);
	connect_and_accept(&scene);
	shutdown(scene.server, SHUT_WR);
	expect(&scene, "server shut down", TCP_CLOSE_WAIT, TCP_FIN_WAIT2);
	go_deaf(scene.server);
	shutdown(scene.client, SHUT_WR);
	expect(&scene, "then deaf", TCP_LAST_ACK, TCP_FIN_WAIT2);
}

/* A socket that is bound to a device is not found by a look-up that names none. */
static void check_device(const void *arg, struct ft_text *complaints)
{
	struct scene scene;

	if (!start(&scene, arg, complaints))
		return;
	begin(&scene, false, "lo");
	expect(&scene, "bound to lo", TCP_ESTABLISHED, TCP_ESTABLISHED);
	scene.client_at.port = 1;
	expect(&scene, "no such tuple", -ENOENT, -ENOENT);
}

static const struct {
	const char *name;
	ft_child_body *body;
} state_checks[] = {
	{"closing", check_closing},
	{"opening", check_opening},
	{"fins", check_fins},
	{"device", check_device},
};

static void test_state(void)
{
	char text[FT_CHILD_TEXT_MAX], row[64];

	if (ft_child_must_skip())
		return;
	for (size_t i = 0; i < sizeof(state_checks) / sizeof(state_checks[0]); i++) {
		for (size_t p = 0; p < sizeof(pairs) / sizeof(pairs[0]); p++) {
			snprintf(row, sizeof(row), "%s %s", state_checks[i].name, pairs[p].name);
			ft_child_run(state_checks[i].body, &pairs[p], text);
			CHECK_STR(row, text, "");
		}
	}
}

/* ---- dumps ---- */

struct tally {
	unsigned rows, stop_after, wrong_port;
	unsigned states[256];
	uint16_t port;
	struct ft_diag_row last;
};

static int count(void *arg, const struct ft_diag_row *row)
{
	struct tally *tally = arg;

	tally->rows++;
	tally->states[row->state]++;
	tally->wrong_port += tally->port && row->local.port != tally->port;
	tally->last = *row;
	return tally->stop_after && tally->rows >= tally->stop_after;
}

static struct tally dump(struct scene *scene, int protocol, int family, uint16_t port,
			 unsigned stop_after)
{
	struct tally tally = {.port = port, .stop_after = stop_after};
	struct ft_err err = {0};

	if (ft_diag_dump(scene->diag, protocol, family, port, count, &tally, &err))
		complain(scene, err.text, err.code);
	if (tally.wrong_port)
		complain(scene, "rows of another port", (int)tally.wrong_port);
	return tally;
}

static void expect_count(struct scene *scene, const char *what, unsigned got, unsigned want)
{
	if (got != want)
		ft_text_printf(scene->complaints, "%s: %u, not %u\n", what, got, want);
}

static void check_dump(const void *arg, struct ft_text *complaints)
{
	const struct pair *pair = arg;
	struct scene scene;
	struct tally tally;
	int bound, udp;

	if (!start(&scene, pair, complaints))
		return;
	connect_and_accept(&scene);
	tally = dump(&scene, IPPROTO_TCP, pair->family, 0, 0);
	expect_count(&scene, "all", tally.rows, 3);
	expect_count(&scene, "listeners", tally.states[TCP_LISTEN], 1);
	expect_count(&scene, "established", tally.states[TCP_ESTABLISHED], 2);
	expect_count(&scene, "one port", dump(&scene, IPPROTO_TCP, pair->family, PORT, 0).rows, 2);
	expect_count(&scene, "free port", dump(&scene, IPPROTO_TCP, pair->family, 9, 0).rows, 0);

	/* linux before 6.7 does not list a socket that is only bound */
	bound = new_socket(pair, SOCK_STREAM, OTHER_PORT);
	tally = dump(&scene, IPPROTO_TCP, pair->family, OTHER_PORT, 0);
	expect_count(&scene, "bound", tally.states[FT_DIAG_BOUND], tally.rows);
	if (tally.rows > 1 || (tally.rows && tally.last.local.family != pair->looked_up_as))
		complain(&scene, "bound rows", (int)tally.rows);
	close(bound);

	udp = new_socket(pair, SOCK_DGRAM, PORT);
	tally = dump(&scene, IPPROTO_UDP, pair->family, PORT, 0);
	expect_count(&scene, "udp", tally.states[TCP_CLOSE], 1);
	if (tally.last.inode == 0 || memcmp(tally.last.local.bytes, scene.server_at.bytes, 16) != 0)
		complain(&scene, "udp's row", (int)tally.last.inode);
	close(udp);
}

/* Many rows come in many pieces; one who has had enough must not spoil the next request. */
static void check_many(const void *arg, struct ft_text *complaints)
{
	const struct pair *pair = arg;
	struct scene scene;
	struct tally tally;

	if (!start(&scene, pair, complaints))
		return;
	for (int i = 0; i < MANY; i++) {
		connect_and_accept(&scene);
		close(scene.client);
		close(scene.server);
	}
	tally = dump(&scene, IPPROTO_TCP, pair->family, 0, 5);
	expect_count(&scene, "stopped", tally.rows, 5);
	expect(&scene, "after stopping", TCP_TIME_WAIT, -ENOENT);
	tally = dump(&scene, IPPROTO_TCP, pair->family, 0, 0);
	expect_count(&scene, "TIME_WAIT", tally.states[TCP_TIME_WAIT], MANY);
	expect_count(&scene, "all", tally.rows, MANY + 1);
	if (ft_diag_dump(scene.diag, 250, AF_INET, 0, count, &tally, NULL) >= 0)
		complain(&scene, "a dump of protocol 250", 0);
	expect(&scene, "after a refusal", TCP_TIME_WAIT, -ENOENT);
}

static void run_for_pairs(ft_child_body *body)
{
	char text[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	for (size_t p = 0; p < sizeof(pairs) / sizeof(pairs[0]); p++) {
		ft_child_run(body, &pairs[p], text);
		CHECK_STR(pairs[p].name, text, "");
	}
}

static void test_dump(void)
{
	run_for_pairs(check_dump);
}

static void test_many(void)
{
	run_for_pairs(check_many);
}

static void test_errors(void)
{
	struct ft_address at = {.family = AF_INET, .port = 1}, odd = {.family = AF_UNIX};
	struct ft_err err = {0};
	struct ft_diag_row row;
	struct tally tally = {0};

	CHECK_INT("closed descriptor", ft_diag_find(-1, &at, &at, &row, &err), -EBADF);
	CHECK(err.code == -EBADF && *err.text);
	CHECK_INT("mixed families", state_of(-1, &at, &odd), -EAFNOSUPPORT);
	CHECK_INT("no family", state_of(-1, &odd, &odd), -EAFNOSUPPORT);
	CHECK_INT("dump", ft_diag_dump(-1, IPPROTO_TCP, AF_INET, 0, count, &tally, NULL), -EBADF);
	CHECK_INT("rows", tally.rows, 0);
}

static void test_names(void)
{
	static const struct {
		unsigned state;
		const char *name;
	} names[] = {
		{TCP_ESTABLISHED, "ESTABLISHED"}, {TCP_SYN_SENT, "SYN_SENT"},
		{TCP_FIN_WAIT2, "FIN_WAIT2"},     {TCP_TIME_WAIT, "TIME_WAIT"},
		{TCP_CLOSING, "CLOSING"},         {FT_DIAG_BOUND, "BOUND"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CHECK_STR(names[i].name, ft_diag_state_name(names[i].state), names[i].name);
	CHECK(!ft_diag_state_name(0));
	CHECK(!ft_diag_state_name(13));
	CHECK(!ft_diag_state_name(FT_DIAG_BOUND + 1));
}

static const struct ft_test tests[] = {
	{"state", test_state},   {"dump", test_dump},   {"many", test_many},
	{"errors", test_errors}, {"names", test_names}, {NULL, NULL},
};

const struct ft_suite ft_suite_diag = {"diag", tests};
