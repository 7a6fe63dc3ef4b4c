/* SPDX-License-Identifier: MIT */
#include "capture/readback.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

/* libpcap is given the open file, so that a file that cannot be opened has its errno. */
static int open_path(const char *path, pcap_t **ret, struct ft_err *err)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	FILE *file = fopen(path, "rbe");

	if (!file)
		return ft_err_errno(err, -errno, "open savefile %s", path);
	*ret = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, text);
	if (*ret)
		return 0;
	fclose(file);
	return ft_err_set(err, -EINVAL, "read savefile %s: %s", path, text);
}

/* With nanosecond precision asked for, tv_usec holds nanoseconds (pcap-tstamp(7)). */
static uint64_t time_of(const struct pcap_pkthdr *header)
{
	return (uint64_t)header->ts.tv_sec * 1000000000U + (uint64_t)header->ts.tv_usec;
}

int ft_savefile_read(const char *path, ft_savefile_each *each, void *arg, struct ft_err *err)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	uint64_t number = 0;
	pcap_t *pcap;
	int rc = open_path(path, &pcap, err), got = 0;

	if (rc < 0)
		return rc;
	while (rc == 0 && (got = pcap_next_ex(pcap, &header, &bytes)) == 1) {
		struct ft_packet packet;
		enum ft_decoded decoded = ft_packet_decode(pcap_datalink(pcap), bytes,
							   header->caplen, header->len, &packet);

		rc = each(arg, ++number, time_of(header), decoded,
			  decoded == FT_DECODED_OK ? &packet : NULL);
	}
	if (rc == 0 && got == PCAP_ERROR)
		rc = ft_err_set(err, -EINVAL, "read savefile %s behind packet %llu: %s", path,
				(unsigned long long)number, pcap_geterr(pcap));
	pcap_close(pcap);
	return rc;
}
