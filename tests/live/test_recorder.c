/* SPDX-License-Identifier: MIT */
/*
 * Does a recorder give every packet of its device, and say so when it could not?
 */
#include "capture/recorder.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "child.h"

enum { SERVER_PORT = 7000, BATCH = 500, N_CONNECTIONS = 20000, WAIT_MS = 2000 };

#define EXPECT(cond, ...)                                                                     \
	do {                                                                                  \
		if (!(cond)) {                                                                \
			ft_text_printf(complaints, "%s:%d: %s: ", __FILE__, __LINE__, #cond); \
			ft_text_printf(complaints, __VA_ARGS__);                              \
			ft_text_str(complaints, "\n");                                        \
		}                                                                             \
	} while (0)

/* A namespace, and one recorder in it with a ledger and a savefile of its own. */
struct scene {
	struct ft_sandbox sandbox;
	struct ft_netns ns;
	struct ft_recorder *recorder;
	struct ft_ledger *ledger;
	struct ft_savefile *savefile;
	struct ft_err err;
};

/* A path NULL is numbers only. */
static bool record(struct scene *scene, const char *device, size_t ring_bytes, const char *path,
		   struct ft_text *complaints)
{
	struct ft_recorder_options options = {
		.device = device,
		.loopback = strcmp(device, "lo") == 0,
		.ring_bytes = ring_bytes,
	};
	int rc = ft_savefile_create(path, &scene->savefile, &scene->err);

	scene->ledger = ft_ledger_new();
	options.ledger = scene->ledger;
	options.savefile = scene->savefile;
	if (rc == 0)
		rc = ft_recorder_open(&options, &scene->recorder, &scene->err);
	EXPECT(rc == 0, "%s", scene->err.text);
	return rc == 0;
}

static bool enter(struct scene *scene, bool with_eth, struct ft_text *complaints)
{
	*scene = (struct scene){.recorder = NULL};
	return ft_child_enter(&scene->sandbox, &scene->ns, with_eth, complaints);
}

static bool enter_lo(struct scene *scene, size_t ring_bytes, const char *path,
		     struct ft_text *complaints)
{
	return enter(scene, false, complaints) && record(scene, "lo", ring_bytes, path, complaints);
}

static void leave(struct scene *scene, struct ft_text *complaints)
{
	ft_recorder_close(scene->recorder);
	ft_ledger_free(scene->ledger);
	EXPECT(ft_savefile_close(scene->savefile, &scene->err) == 0, "%s", scene->err.text);
	EXPECT(scene->err.code == 0, "%s", scene->err.text);
}

static struct sockaddr_in at(const char *address, uint16_t port)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};

	inet_pton(AF_INET, address, &in.sin_addr);
	return in;
}

static int open_bound(int type, const char *address, uint16_t port, struct ft_text *complaints)
{
	struct sockaddr_in in = at(address, port);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	EXPECT(bind(fd, (struct sockaddr *)&in, sizeof(in)) == 0, "errno %d", errno);
	if (type == SOCK_STREAM)
		EXPECT(listen(fd, BATCH) == 0, "errno %d", errno);
	return fd;
}

/* Six packets or seven each: SYN, SYN-ACK, ACK, and both sides' FIN with their ACKs. */
static void connect_many(int server, int n, struct ft_text *complaints)
{
	struct sockaddr_in in = at("127.0.0.1", SERVER_PORT);

	for (int i = 0; i < n; i++) {
		int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), accepted;

		if (connect(client, (struct sockaddr *)&in, sizeof(in)) < 0) {
			EXPECT(false, "connection %d: errno %d", i, errno);
			close(client);
			return;
		}
		accepted = accept(server, NULL, NULL);
		close(client);
		close(accepted);
	}
}

static void drain(struct scene *scene, struct ft_text *complaints)
{
	EXPECT(ft_recorder_drain(scene->recorder, &scene->err) == 0, "%s", scene->err.text);
}

static void sync_recorder(struct scene *scene, struct ft_text *complaints)
{
	int64_t mark = ft_recorder_mark(scene->recorder, &scene->err);

	EXPECT(mark > 0, "%s", scene->err.text);
	EXPECT(ft_recorder_wait(scene->recorder, mark, WAIT_MS, &scene->err) == 0, "%s",
	       scene->err.text);
	EXPECT(ft_recorder_reached(scene->recorder, mark, &scene->err), "after the wait");
}

static struct ft_capture_count count(struct scene *scene, struct ft_text *complaints)
{
	struct ft_capture_count counted = {.seen = 0};

	EXPECT(ft_recorder_count(scene->recorder, &counted, &scene->err) == 0, "%s",
	       scene->err.text);
	return counted;
}

/* All that passed was seen. */
static struct ft_capture_count count_all(struct scene *scene, struct ft_text *complaints)
{
	struct ft_capture_count counted = count(scene, complaints);

	EXPECT(counted.expected == counted.seen, "%llu of %llu", (unsigned long long)counted.seen,
	       (unsigned long long)counted.expected);
	EXPECT(counted.dropped == 0, "%llu", (unsigned long long)counted.dropped);
	EXPECT(counted.undecoded == 0, "%llu", (unsigned long long)counted.undecoded);
	return counted;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t packets_in(const char *path)
{
	char text[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline(path, text);
	struct pcap_pkthdr *header;
	const uint8_t *bytes;
	uint64_t n = 0;

	while (pcap && pcap_next_ex(pcap, &header, &bytes) == 1)
		n++;
	if (pcap)
		pcap_close(pcap);
	return n;
}

struct scratch {
	char path[64];
	size_t ring_bytes;
};

static void complete_body(const void *arg, struct ft_text *complaints)
{
	const struct scratch *scratch = arg;
	struct ft_capture_count counted;
	struct scene scene;
	uint64_t syns = 0;
	int server;

	if (!enter_lo(&scene, scratch->ring_bytes, scratch->path, complaints))
		return;
	ft_child_put("/proc/sys/net/ipv4/ip_local_port_range", "10000 60000", complaints);
	server = open_bound(SOCK_STREAM, "127.0.0.1", SERVER_PORT, complaints);
	for (int i = 0; i < N_CONNECTIONS / BATCH; i++) {
		struct ft_flow_key any = {.family = 4,
					  .protocol = IPPROTO_TCP,
					  .target_port = SERVER_PORT,
					  .target = {127, 0, 0, 1}};
		uint64_t start_ns = now_ns();

		connect_many(server, BATCH, complaints);
		drain(&scene, complaints);
		sync_recorder(&scene, complaints);
		syns += ft_ledger_find(scene.ledger, &any, start_ns, now_ns()).syn;
		ft_ledger_forget(scene.ledger, now_ns());
	}
	EXPECT(syns == N_CONNECTIONS, "%llu", (unsigned long long)syns);
	counted = count_all(&scene, complaints);
	EXPECT(counted.seen >= 6 * N_CONNECTIONS, "%llu", (unsigned long long)counted.seen);
	EXPECT(counted.bytes > 80 * counted.seen, "%llu", (unsigned long long)counted.bytes);
	EXPECT(packets_in(scratch->path) == counted.seen, "%llu in the file",
	       (unsigned long long)packets_in(scratch->path));
	close(server);
	leave(&scene, complaints);
}

/* Runs body and checks that it has no complaint. */
static void run(const char *row, ft_child_body *body, const void *arg)
{
	char text[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	ft_child_run(body, arg, text);
	CHECK_STR(row, text, "");
}

static bool scratch_open(struct scratch *scratch)
{
	int fd;

	strcpy(scratch->path, "/tmp/test_recorder.XXXXXX");
	fd = mkstemp(scratch->path);
	if (fd >= 0)
		close(fd);
	return CHECK(fd >= 0);
}

static void complete(void)
{
	static const struct {
		const char *text;
		size_t ring_bytes;
	} rows[] = {{"ring of blocks", 0}, {"ring of packets", 2 << 20}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scratch scratch = {.ring_bytes = rows[i].ring_bytes};

		if (!scratch_open(&scratch))
			continue;
		run(rows[i].text, complete_body, &scratch);
		unlink(scratch.path);
	}
}

static void loss_body(const void *arg, struct ft_text *complaints)
{
	struct ft_capture_count counted;
	struct scene scene;
	int server;

	(void)arg;
	if (!enter_lo(&scene, 64 << 10, NULL, complaints))
		return;
	server = open_bound(SOCK_STREAM, "127.0.0.1", SERVER_PORT, complaints);
	connect_many(server, BATCH, complaints);
	counted = count(&scene, complaints);
	EXPECT(counted.expected >= 6 * BATCH, "%llu", (unsigned long long)counted.expected);
	EXPECT(counted.seen > 0 && counted.seen < counted.expected, "%llu",
	       (unsigned long long)counted.seen);
	EXPECT(counted.dropped == counted.expected - counted.seen, "%llu dropped",
	       (unsigned long long)counted.dropped);
	close(server);
	leave(&scene, complaints);
}

static void loss(void)
{
	run("a ring too small", loss_body, NULL);
}

static void sentinel_body(const void *arg, struct ft_text *complaints)
{
	const char *device = arg;
	struct ft_capture_count counted;
	struct scene scene;

	if (!enter(&scene, true, complaints) || !record(&scene, device, 0, NULL, complaints))
		return;
	for (int i = 0; i < 5; i++)
		sync_recorder(&scene, complaints);
	counted = count_all(&scene, complaints);
	EXPECT(strcmp(device, "lo") != 0 || counted.seen == 0, "sentinels were counted");
	EXPECT(ft_savefile_packets(scene.savefile) == counted.seen, "sentinels were saved");
	EXPECT(ft_ledger_size(scene.ledger) == 0, "sentinels are in the ledger");
	leave(&scene, complaints);
}

static void sentinels(void)
{
	run("lo", sentinel_body, "lo");
	run("eth", sentinel_body, "eth");
}

static void never_body(const void *arg, struct ft_text *complaints)
{
	struct ft_err err = {.code = 0};
	uint64_t start_ns;
	struct scene scene;
	int64_t mark;

	(void)arg;
	if (!enter_lo(&scene, 0, NULL, complaints))
		return;
	mark = ft_recorder_mark(scene.recorder, &scene.err);
	start_ns = now_ns();
	EXPECT(ft_recorder_wait(scene.recorder, mark + 1, 50, &err) == -ETIMEDOUT, "%s", err.text);
	EXPECT(now_ns() - start_ns >= 49000000, "waited too short");
	EXPECT(!ft_recorder_reached(scene.recorder, mark + 1, &scene.err), "not sent yet");
	EXPECT(ft_recorder_reached(scene.recorder, mark, &scene.err), "sent long ago");
	leave(&scene, complaints);
}

static void never(void)
{
	run("a sentinel that was not sent", never_body, NULL);
}

static void send_many(int from, const char *address, uint16_t port, int n,
		      struct ft_text *complaints)
{
	struct sockaddr_in in = at(address, port);

	for (int i = 0; i < n; i++)
		EXPECT(sendto(from, "x", 1, 0, (struct sockaddr *)&in, sizeof(in)) == 1, "errno %d",
		       errno);
}

static void check_datagrams(struct scene *scene, uint32_t want, struct ft_text *complaints)
{
	struct ft_flow_key flow = {.family = 4,
				   .protocol = IPPROTO_UDP,
				   .source_port = 5001,
				   .target_port = 5002,
				   .source = {192, 0, 2, 1},
				   .target = {192, 0, 2, 2}};
	struct ft_sighting seen;

	sync_recorder(scene, complaints);
	seen = ft_ledger_find(scene->ledger, &flow, 0, UINT64_MAX);
	EXPECT(seen.datagrams == want, "%u of %u", seen.datagrams, want);
	EXPECT(seen.last >= seen.first + want - 1, "%llu to %llu", (unsigned long long)seen.first,
	       (unsigned long long)seen.last);
}

/* Both ends of a veth are recorded: each sees its packets once, and the other's sentinels. */
static void veth_body(const void *arg, struct ft_text *complaints)
{
	struct scene here, there = {.recorder = NULL};
	int a, b;

	(void)arg;
	if (!enter(&here, true, complaints) || !record(&here, "eth", 0, NULL, complaints))
		return;
	a = open_bound(SOCK_DGRAM, "192.0.2.1", 5001, complaints);
	EXPECT(ft_netns_switch(&here.ns, true, &here.err) == 0, "%s", here.err.text);
	b = open_bound(SOCK_DGRAM, "192.0.2.2", 5002, complaints);
	if (!record(&there, "eth", 1 << 20, NULL, complaints))
		return;
	send_many(a, "192.0.2.2", 5002, 100, complaints);
	send_many(b, "192.0.2.1", 5001, 50, complaints);
	check_datagrams(&here, 150, complaints);
	check_datagrams(&there, 150, complaints);
	count_all(&there, complaints);
	EXPECT(ft_netns_switch(&here.ns, false, &here.err) == 0, "%s", here.err.text);
	count_all(&here, complaints);
	close(a);
	close(b);
	leave(&there, complaints);
	leave(&here, complaints);
}

static void veth(void)
{
	run("both ends", veth_body, NULL);
}

/* One thread, two namespaces: only opening and counting must happen in the right one. */
static void namespaces_body(const void *arg, struct ft_text *complaints)
{
	struct scene first, second = {.recorder = NULL};
	struct ft_capture_count counted;
	int servers[2];

	(void)arg;
	if (!enter_lo(&first, 1 << 20, NULL, complaints))
		return;
	servers[0] = open_bound(SOCK_STREAM, "127.0.0.1", SERVER_PORT, complaints);
	EXPECT(ft_netns_new(&first.sandbox, false, &second.ns, &second.err) == 0, "%s",
	       second.err.text);
	if (!record(&second, "lo", 0, NULL, complaints))
		return;
	servers[1] = open_bound(SOCK_STREAM, "127.0.0.1", SERVER_PORT, complaints);
	connect_many(servers[1], 20, complaints);
	sync_recorder(&first, complaints); /* from the other's namespace */
	EXPECT(ft_ledger_size(first.ledger) == 0, "it sees the other's packets");
	counted = count_all(&second, complaints);
	EXPECT(counted.seen >= 120 && counted.seen <= 140, "%llu",
	       (unsigned long long)counted.seen);
	EXPECT(ft_netns_switch(&first.ns, false, &first.err) == 0, "%s", first.err.text);
	connect_many(servers[0], 10, complaints);
	sync_recorder(&second, complaints);
	counted = count_all(&first, complaints);
	EXPECT(counted.seen >= 60 && counted.seen <= 70, "%llu", (unsigned long long)counted.seen);
	close(servers[0]);
	close(servers[1]);
	leave(&second, complaints);
	leave(&first, complaints);
}

static void namespaces(void)
{
	run("two", namespaces_body, NULL);
}

/* The number that a sighting names is the packet's place in the savefile. */
static void check_number(const char *path, uint64_t number, const struct ft_flow_key *flow,
			 uint8_t flags, struct ft_text *complaints)
{
	char text[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline(path, text);
	struct ft_packet packet = {.tcp_flags = 0};
	struct pcap_pkthdr *header;
	const uint8_t *bytes;

	EXPECT(pcap, "%s", text);
	while (pcap && number > 0 && pcap_next_ex(pcap, &header, &bytes) == 1)
		if (--number == 0)
			ft_packet_decode(pcap_datalink(pcap), bytes, header->caplen, header->len,
					 &packet);
	EXPECT(packet.tcp_flags == flags, "flags %x, not %x", packet.tcp_flags, flags);
	EXPECT(packet.flow.target_port == flow->target_port ||
		       packet.flow.source_port == flow->target_port,
	       "another packet");
	if (pcap)
		pcap_close(pcap);
}

static void sighting_body(const void *arg, struct ft_text *complaints)
{
	const struct scratch *scratch = arg;
	struct ft_flow_key flow = {.family = 4,
				   .protocol = IPPROTO_TCP,
				   .target_port = SERVER_PORT,
				   .target = {127, 0, 0, 1}};
	struct ft_sighting seen;
	struct scene scene;
	int server;

	if (!enter_lo(&scene, 0, scratch->path, complaints))
		return;
	server = open_bound(SOCK_STREAM, "127.0.0.1", SERVER_PORT, complaints);
	connect_many(server, 1, complaints);
	sync_recorder(&scene, complaints);
	seen = ft_ledger_find(scene.ledger, &flow, 0, UINT64_MAX);
	EXPECT(seen.syn == 1 && seen.synack == 1 && seen.ack >= 2 && seen.fin == 2, "%u %u %u %u",
	       seen.syn, seen.synack, seen.ack, seen.fin);
	EXPECT(seen.first == 1, "%llu", (unsigned long long)seen.first);
	check_number(scratch->path, seen.first, &flow, FT_TCP_SYN, complaints);
	check_number(scratch->path, seen.first + 1, &flow, FT_TCP_SYN | FT_TCP_ACK, complaints);
	check_number(scratch->path, seen.last, &flow, FT_TCP_ACK, complaints);
	close(server);
	leave(&scene, complaints);
}

static void sighting(void)
{
	struct scratch scratch = {.ring_bytes = 0};

	if (!scratch_open(&scratch))
		return;
	run("one connection", sighting_body, &scratch);
	unlink(scratch.path);
}

static void full_body(const void *arg, struct ft_text *complaints)
{
	const struct scratch *scratch = arg;
	struct rlimit limit = {.rlim_cur = 1000, .rlim_max = RLIM_INFINITY};
	struct ft_capture_count counted = {.seen = 0};
	struct ft_err err = {.code = 0};
	struct scene scene;
	int server;

	if (!enter_lo(&scene, 1 << 20, scratch->path, complaints))
		return;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = 1000;
	EXPECT(setrlimit(RLIMIT_FSIZE, &limit) == 0, "errno %d", errno);
	server = open_bound(SOCK_STREAM, "127.0.0.1", SERVER_PORT, complaints);
	connect_many(server, 10, complaints);
	EXPECT(ft_recorder_drain(scene.recorder, &err) == -EFBIG, "%s", err.text);
	EXPECT(ft_ledger_size(scene.ledger) >= 60, "%zu", ft_ledger_size(scene.ledger));
	EXPECT(ft_recorder_count(scene.recorder, &counted, &scene.err) == 0, "%s", scene.err.text);
	EXPECT(counted.seen >= 60 && counted.bytes == 0, "figures of a full savefile");
	EXPECT(packets_in(scratch->path) == 0, "a part was left");
	close(server);
	leave(&scene, complaints);
}

static void full(void)
{
	struct scratch scratch = {.ring_bytes = 0};

	if (!scratch_open(&scratch))
		return;
	run("a savefile that may not grow", full_body, &scratch);
	unlink(scratch.path);
}

/* A new user namespace has no right over the network namespace that is there already. */
static void refused_body(const void *arg, struct ft_text *complaints)
{
	struct ft_recorder_options options = {.device = "nosuch"};
	struct ft_recorder *recorder = NULL;
	struct ft_err err = {.code = 0};
	struct scene scene;

	(void)arg;
	if (!enter(&scene, false, complaints))
		return;
	EXPECT(ft_recorder_open(&options, &recorder, &err) == -ENODEV, "%s", err.text);
	EXPECT(strstr(err.text, "nosuch"), "%s", err.text);
	ft_child_nest(complaints);
	err = (struct ft_err){.code = 0};
	options.device = "lo";
	EXPECT(ft_recorder_open(&options, &recorder, &err) == -EPERM, "%s", err.text);
	EXPECT(strstr(err.text, "CAP_NET_RAW"), "%s", err.text);
	EXPECT(!recorder, "returned in spite of the error");
}

static void refused(void)
{
	run("no such device, no right", refused_body, NULL);
}

static const struct ft_test tests[] = {
	{"complete", complete}, {"loss", loss}, {"sentinels", sentinels},
	{"never", never},       {"veth", veth}, {"namespaces", namespaces},
	{"sighting", sighting}, {"full", full}, {"refused", refused},
	{NULL, NULL},
};

const struct ft_suite ft_suite_recorder = {"recorder", tests};
