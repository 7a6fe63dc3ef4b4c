/* SPDX-License-Identifier: MIT */
/*
 * How do many processes write one savefile, and number its packets?
 *
 * The file ends where the shared `ends` say, not where its bytes end. An append writes beyond that
 * end under a lock, and only then moves the end and the packet count together, by switching from
 * one `ends` to the other: whoever is killed at any instruction leaves either the old state or the
 * new. The lock is robust (pthread_mutexattr_setrobust(3)): the next owner learns that a writer
 * died, and cuts what it left.
 */
#include "capture/savefile.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FILE_HEADER_LEN = sizeof(struct pcap_file_header) };

static const uint64_t MAGIC = 0x66742d736176650a;

struct ends {
	uint64_t bytes, packets;
};

/* In the shared memory object. */
struct shared {
	uint64_t magic;
	pthread_mutex_t lock;
	uint32_t now; /* which of the two holds */
	struct ends ends[2];
};

struct ft_savefile {
	struct shared *shared;
	int file_fd, count_fd;
	bool creator;
};

static void free_savefile(struct ft_savefile *file)
{
	if (file->shared)
		munmap(file->shared, sizeof(*file->shared));
	if (file->creator && file->count_fd >= 0)
		close(file->count_fd);
	if (file->creator && file->file_fd >= 0)
		close(file->file_fd);
	free(file);
}

static int map_shared(struct ft_savefile *file, struct ft_err *err)
{
	void *at = mmap(NULL, sizeof(*file->shared), PROT_READ | PROT_WRITE, MAP_SHARED,
			file->count_fd, 0);

	if (at == MAP_FAILED)
		return ft_err_errno(err, -errno, "map the packet count of the savefile");
	file->shared = at;
	return 0;
}

static int init_lock(pthread_mutex_t *lock)
{
	pthread_mutexattr_t attr;
	int rc = pthread_mutexattr_init(&attr);

	if (rc != 0)
		return -rc;
	rc = pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	if (rc == 0)
		rc = pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	if (rc == 0)
		rc = pthread_mutex_init(lock, &attr);
	pthread_mutexattr_destroy(&attr);
	return -rc;
}

static int create_shared(struct ft_savefile *file, struct ft_err *err)
{
	int rc;

	file->count_fd = memfd_create("fourtuple-savefile", MFD_CLOEXEC);
	if (file->count_fd < 0 || ftruncate(file->count_fd, sizeof(*file->shared)) < 0)
		return ft_err_errno(err, -errno, "create the packet count of the savefile");
	rc = map_shared(file, err);
	if (rc < 0)
		return rc;
	rc = init_lock(&file->shared->lock);
	if (rc < 0)
		return ft_err_errno(err, rc, "create the lock of the savefile");
	file->shared->ends[0].bytes = FILE_HEADER_LEN;
	file->shared->magic = MAGIC;
	return 0;
}

/* libpcap writes the header, so that it is what its readers expect. */
static int write_header(int fd)
{
	pcap_t *pcap = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, FT_SAVEFILE_SNAPLEN,
							    PCAP_TSTAMP_PRECISION_NANO);
	pcap_dumper_t *dumper = NULL;
	int dup_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	FILE *stream = dup_fd < 0 ? NULL : fdopen(dup_fd, "w");
	int rc = -ENOMEM;

	if (pcap && stream) {
		dumper = pcap_dump_fopen(pcap, stream); /* closes the stream when it fails */
		errno = EIO;
		rc = dumper && pcap_dump_flush(dumper) == 0 ? 0 : -errno;
	} else if (stream) {
		fclose(stream);
	} else if (dup_fd >= 0) {
		close(dup_fd);
	}
	if (dumper)
		pcap_dump_close(dumper);
	if (pcap)
		pcap_close(pcap);
	return rc;
}

static int create_file(struct ft_savefile *file, const char *path, struct ft_err *err)
{
	int rc;

	file->file_fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (file->file_fd < 0)
		return ft_err_errno(err, -errno, "create savefile %s", path);
	rc = write_header(file->file_fd);
	return rc < 0 ? ft_err_errno(err, rc, "write the header of savefile %s", path) : 0;
}

int ft_savefile_create(const char *path, struct ft_savefile **ret, struct ft_err *err)
{
	struct ft_savefile *file = calloc(1, sizeof(*file));
	int rc;

	if (!file)
		return ft_err_errno(err, -ENOMEM, "create a savefile");
	*file = (struct ft_savefile){.file_fd = -1, .count_fd = -1, .creator = true};
	rc = create_shared(file, err);
	if (rc == 0 && path)
		rc = create_file(file, path, err);
	if (rc < 0) {
		free_savefile(file);
		return rc;
	}
	*ret = file;
	return 0;
}

int ft_savefile_join(int file_fd, int count_fd, struct ft_savefile **ret, struct ft_err *err)
{
	struct ft_savefile *file = calloc(1, sizeof(*file));
	off_t size = lseek(count_fd, 0, SEEK_END);
	int rc;

	if (!file)
		return ft_err_errno(err, -ENOMEM, "join a savefile");
	*file = (struct ft_savefile){.file_fd = file_fd, .count_fd = count_fd};
	/* Reading beyond a shorter object's end would be a SIGBUS. */
	if (size < (off_t)sizeof(*file->shared))
		rc = ft_err_set(err, -EINVAL, "descriptor %d holds no packet count of a savefile",
				count_fd);
	else
		rc = map_shared(file, err);
	if (rc == 0 && file->shared->magic != MAGIC)
		rc = ft_err_set(err, -EINVAL, "descriptor %d holds no packet count of a savefile",
				count_fd);
	if (rc < 0) {
		free_savefile(file);
		return rc;
	}
	*ret = file;
	return 0;
}

void ft_savefile_fds(const struct ft_savefile *file, int *ret_file_fd, int *ret_count_fd)
{
	*ret_file_fd = file->file_fd;
	*ret_count_fd = file->count_fd;
}

static struct ends ends_now(const struct shared *shared)
{
	return shared->ends[__atomic_load_n(&shared->now, __ATOMIC_ACQUIRE)];
}

static void ends_commit(struct shared *shared, struct ends ends)
{
	uint32_t other = !shared->now;

	shared->ends[other].bytes = ends.bytes;
	__atomic_store_n(&shared->ends[other].packets, ends.packets, __ATOMIC_RELAXED);
	__atomic_store_n(&shared->now, other, __ATOMIC_RELEASE);
}

/* What lies beyond the end would be read as packets if nobody came to overwrite all of it. Fails on
 * what is no regular file, where nothing lies. */
static void cut(const struct ft_savefile *file)
{
	if (file->file_fd >= 0 && ftruncate(file->file_fd, (off_t)ends_now(file->shared).bytes) < 0)
		return;
}

static int lock(struct ft_savefile *file, struct ft_err *err)
{
	int rc = pthread_mutex_lock(&file->shared->lock);

	if (rc == EOWNERDEAD) {
		cut(file);
		rc = pthread_mutex_consistent(&file->shared->lock);
	}
	return rc ? ft_err_errno(err, -rc, "lock the savefile") : 0;
}

static int write_at(int fd, const char *bytes, size_t len, uint64_t offset)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, bytes, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		bytes += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
	return 0;
}

int ft_savefile_append(struct ft_savefile *file, const void *block, size_t len, size_t n_packets,
		       uint64_t *ret_first, struct ft_err *err)
{
	struct ends ends;
	int rc = lock(file, err);

	if (rc < 0)
		return rc;
	ends = ends_now(file->shared);
	*ret_first = ends.packets + 1;
	ends.packets += n_packets;
	if (file->file_fd >= 0)
		rc = write_at(file->file_fd, block, len, ends.bytes);
	if (rc == 0 && file->file_fd >= 0)
		ends.bytes += len;
	ends_commit(file->shared, ends);
	if (rc < 0)
		cut(file);
	pthread_mutex_unlock(&file->shared->lock);
	if (rc < 0)
		return ft_err_errno(err, rc, "append %zu packets to the savefile", n_packets);
	return 0;
}

/* Without the lock, hence one number only: two commits in between would tear a pair. */
uint64_t ft_savefile_packets(const struct ft_savefile *file)
{
	const struct shared *shared = file->shared;
	uint32_t now = __atomic_load_n(&shared->now, __ATOMIC_ACQUIRE);

	return __atomic_load_n(&shared->ends[now].packets, __ATOMIC_RELAXED);
}

int ft_savefile_close(struct ft_savefile *file, struct ft_err *err)
{
	int rc = 0;

	if (!file)
		return 0;
	if (file->creator) {
		rc = lock(file, err);
		if (rc == 0) {
			cut(file);
			pthread_mutex_unlock(&file->shared->lock);
		}
		if (file->file_fd >= 0 && close(file->file_fd) < 0 && rc == 0)
			rc = ft_err_errno(err, -errno, "close the savefile");
		file->file_fd = -1;
	}
	free_savefile(file);
	return rc;
}
