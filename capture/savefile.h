/* SPDX-License-Identifier: MIT */
/*
 * One savefile for a whole run, written by many processes.
 *
 * Workers append blocks of packets under a lock and learn the numbers their packets got, which is
 * what a record names. The numbering lives in a small shared memory object that is inherited with
 * the file. A worker that dies in the middle of an append damages nothing: the end of the file only
 * moves after a block is complete, and the next block overwrites what was left.
 *
 * The file is an ordinary nanosecond pcap file of link type Ethernet with snapshot length
 * FT_SAVEFILE_SNAPLEN (pcap-savefile(5)).
 */
#ifndef FT_CAPTURE_SAVEFILE_H
#define FT_CAPTURE_SAVEFILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { FT_SAVEFILE_SNAPLEN = 128 };

struct ft_savefile;

/* Creates (or truncates) path; path NULL: no file, numbers only, so that records still count
 * packets. *ret is the caller's to close. Errors: that of open(2) or write(2), -ENOMEM. */
int ft_savefile_create(const char *path, struct ft_savefile **ret, struct ft_err *err);

/* Joins a savefile that another process created, by the descriptors ft_savefile_fds() gave there
 * and that this process inherited. file_fd may be -1 (numbers only). */
int ft_savefile_join(int file_fd, int count_fd, struct ft_savefile **ret, struct ft_err *err);

/* Its descriptors, close-on-exec as created: clear the flag to pass them on. Borrowed. */
void ft_savefile_fds(const struct ft_savefile *file, int *ret_file_fd, int *ret_count_fd);

/* Appends a block: n_packets packets in savefile format (pcap_sf_pkthdr and bytes, without the
 * file header), len bytes. *ret_first is the number of its first packet, from 1. Blocks on the
 * lock. Errors of pwrite(2) (-ENOSPC): then nothing was appended, but the numbers are taken, so
 * that records stay unambiguous. */
int ft_savefile_append(struct ft_savefile *file, const void *block, size_t len, size_t n_packets,
		       uint64_t *ret_first, struct ft_err *err);

uint64_t ft_savefile_packets(const struct ft_savefile *file);

/* Cuts the file to its last complete block and closes it. Joiners only unmap. */
int ft_savefile_close(struct ft_savefile *file, struct ft_err *err);

#endif
