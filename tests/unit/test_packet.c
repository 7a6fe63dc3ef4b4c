/* SPDX-License-Identifier: MIT */
/*
 * Does the decoder say what the savefiles hold, whole and cut at every length?
 *
 * Each tests/pcaps/NAME.pcap has its golden text beside it, a line a packet. The bytes are decoded
 * where they end at an unreadable page, so that a read past them is a crash in every build.
 */
#include "capture/packet.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/suite.h"

enum { LINE_LEN = 256 };

static const char *const savefiles[] = {
	"big-tcp",         "fragments", "icmp",
	"ipv6-extensions", "linktype",  "loop",
	"malformed",       "null",      "null-big-endian",
	"padding-options", "raw",       "sll",
	"sll-live",        "sll2",      "sll2-live",
	"snaplen",         "tcp-lo",    "vlan",
};

/* Readable bytes that end where readable memory does. */
struct fence {
	uint8_t *start;
	size_t size;
};

static bool fence_open(struct fence *fence)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	fence->size = page;
	fence->start =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return fence->start != MAP_FAILED && mprotect(fence->start + page, page, PROT_NONE) == 0;
}

static const uint8_t *fence_put(const struct fence *fence, const uint8_t *bytes, size_t len)
{
	return memcpy(fence->start + fence->size - len, bytes, len);
}

static void print_end(char *out, size_t size, uint8_t family, const uint8_t *address, uint16_t port)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(family == 4 ? AF_INET : AF_INET6, address, text, sizeof(text));
	snprintf(out, size, family == 4 ? "%s:%u" : "[%s]:%u", text, port);
}

static void print_packet(char out[LINE_LEN], unsigned int number, enum ft_decoded decoded,
			 const struct ft_packet *packet)
{
	char source[64], target[64], flags[32];
	const struct ft_flow_key *flow = &packet->flow;

	if (decoded != FT_DECODED_OK) {
		snprintf(out, LINE_LEN, "%u %s", number, ft_decoded_name(decoded));
		return;
	}
	print_end(source, sizeof(source), flow->family, flow->source, flow->source_port);
	print_end(target, sizeof(target), flow->family, flow->target, flow->target_port);
	ft_packet_flags(packet->tcp_flags, flags);
	if (packet->icmp_error)
		snprintf(out, LINE_LEN, "%u icmp %u/%u of %s %s > %s", number, packet->icmp_type,
			 packet->icmp_code, flow->protocol == IPPROTO_TCP ? "tcp" : "udp", source,
			 target);
	else if (flow->protocol == IPPROTO_TCP)
		snprintf(out, LINE_LEN, "%u tcp %s > %s %s seq %u ack %u len %u", number, source,
			 target, flags, packet->seq, packet->ack, packet->payload_len);
	else
		snprintf(out, LINE_LEN, "%u udp %s > %s len %u", number, source, target,
			 packet->payload_len);
}

/* A cut packet is never OK with other ends than the whole one has, and never OK where the whole one
 * has none; only a contradiction may lie behind the cut. */
static void check_cuts(const char *row, unsigned int number, int linktype,
		       const struct pcap_pkthdr *header, const uint8_t *bytes,
		       enum ft_decoded whole, const struct ft_packet *packet,
		       const struct fence *fence)
{
	for (size_t len = 0; len < header->caplen; len++) {
		struct ft_packet cut;
		enum ft_decoded decoded;

		memset(&cut, 0xa5, sizeof(cut));
		decoded = ft_packet_decode(linktype, fence_put(fence, bytes, len), len, header->len,
					   &cut);
		if (decoded != FT_DECODED_OK) {
			struct ft_packet untouched;

			memset(&untouched, 0xa5, sizeof(untouched));
			CHECK_ROW(row, memcmp(&cut, &untouched, sizeof(cut)) == 0,
				  "packet %u cut to %zu bytes: written without OK", number, len);
			continue;
		}
		if (whole == FT_DECODED_MALFORMED)
			continue;
		CHECK_ROW(row, whole == FT_DECODED_OK, "packet %u cut to %zu bytes: OK, whole: %s",
			  number, len, ft_decoded_name(whole));
		if (whole == FT_DECODED_OK)
			CHECK_ROW(row, memcmp(&cut, packet, sizeof(cut)) == 0,
				  "packet %u cut to %zu bytes: differs", number, len);
	}
}

static FILE *open_golden(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), FT_TESTS_DIR "/pcaps/%s.txt", name);
	return fopen(path, "r");
}

static void check_packets(const char *name, pcap_t *pcap, FILE *golden, const struct fence *fence)
{
	int linktype = pcap_datalink(pcap);
	struct pcap_pkthdr *header;
	const uint8_t *bytes;
	char want[LINE_LEN], got[LINE_LEN];
	unsigned int number = 0;

	while (pcap_next_ex(pcap, &header, &bytes) == 1) {
		struct ft_packet packet = {.icmp_error = false};
		enum ft_decoded decoded = ft_packet_decode(linktype,
							   fence_put(fence, bytes, header->caplen),
							   header->caplen, header->len, &packet);

		print_packet(got, ++number, decoded, &packet);
		if (!fgets(want, sizeof(want), golden))
			strcpy(want, "(no more lines)");
		want[strcspn(want, "\n")] = 0;
		CHECK_STR(name, got, want);
		check_cuts(name, number, linktype, header, bytes, decoded, &packet, fence);
	}
	CHECK_ROW(name, number > 0, "%s.pcap holds no packet", name);
	CHECK_ROW(name, !fgets(want, sizeof(want), golden), "more lines than packets: %s", want);
}

static void check_savefile(const char *name, const struct fence *fence)
{
	char path[512], text[PCAP_ERRBUF_SIZE] = "";
	FILE *golden = open_golden(name);
	pcap_t *pcap;

	snprintf(path, sizeof(path), FT_TESTS_DIR "/pcaps/%s.pcap", name);
	pcap = pcap_open_offline(path, text);
	if (CHECK_ROW(name, pcap, "open %s: %s", path, text) &&
	    CHECK_ROW(name, golden, "open its golden text"))
		check_packets(name, pcap, golden, fence);
	if (pcap)
		pcap_close(pcap);
	if (golden)
		fclose(golden);
}

static void pcaps(void)
{
	struct fence fence;

	if (!CHECK(fence_open(&fence)))
		return;
	for (size_t i = 0; i < sizeof(savefiles) / sizeof(savefiles[0]); i++)
		check_savefile(savefiles[i], &fence);
	munmap(fence.start, 2 * fence.size);
}

static void flags(void)
{
	static const struct {
		uint8_t flags;
		const char *text;
	} rows[] = {
		{0, "none"},
		{FT_TCP_SYN, "SYN"},
		{FT_TCP_SYN | FT_TCP_ACK, "SYN-ACK"},
		{FT_TCP_RST, "RST"},
		{FT_TCP_RST | FT_TCP_ACK, "RST-ACK"},
		{FT_TCP_FIN | FT_TCP_ACK, "FIN-ACK"},
		{FT_TCP_PSH | FT_TCP_ACK, "PSH-ACK"},
		{FT_TCP_ACK, "ACK"},
		{FT_TCP_FIN | FT_TCP_PSH | FT_TCP_ACK, "FIN-PSH-ACK"},
		{0xc2, "SYN-ECE-CWR"},
		{0xff, "SYN-FIN-RST-PSH-ACK-URG-ECE-CWR"},
	};
	char text[32];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ft_packet_flags(rows[i].flags, text);
		CHECK_STR(rows[i].text, text, rows[i].text);
	}
}

static void names(void)
{
	for (int i = 0; i < FT_DECODED_COUNT; i++)
		for (int j = 0; j < i; j++)
			CHECK_ROW(ft_decoded_name((enum ft_decoded)i),
				  strcmp(ft_decoded_name((enum ft_decoded)i),
					 ft_decoded_name((enum ft_decoded)j)) != 0,
				  "two results have one name");
	CHECK_STR("past the end", ft_decoded_name(FT_DECODED_COUNT), "unknown");
}

/* More captured than there was. */
static void longer_than_wire(void)
{
	static const uint8_t frame[60] = {[12] = 8, [14] = 0x45};
	struct ft_packet packet;

	CHECK_INT("60 of 59 bytes", ft_packet_decode(DLT_EN10MB, frame, 60, 59, &packet),
		  FT_DECODED_MALFORMED);
}

static const struct ft_test tests[] = {
	{"pcaps", pcaps}, {"flags", flags},
	{"names", names}, {"longer-than-wire", longer_than_wire},
	{NULL, NULL},
};

const struct ft_suite ft_suite_packet = {"packet", tests};
