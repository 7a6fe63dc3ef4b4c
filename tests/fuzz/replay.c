/* SPDX-License-Identifier: MIT */
/*
 * Does a fuzz target survive its seeds, and every beginning of them?
 *
 * For builds without libFuzzer. Every input is a copy of exactly its length on the heap, so that
 * a sanitizer sees a read past the end. Long files are cut at every length up to CUT_ALL, at every
 * length of their last CUT_TAIL bytes and at CUT_SPREAD lengths between.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_MAX = 1 << 20, CUT_ALL = 2048, CUT_TAIL = 128, CUT_SPREAD = 256 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int replay_cut(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, bytes, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
	return 0;
}

/* The next length to cut at after len, of a file of total bytes. */
static size_t next_cut(size_t len, size_t total)
{
	size_t step = (total - CUT_ALL) / CUT_SPREAD + 1;

	if (len < CUT_ALL || total - len <= CUT_TAIL)
		return len + 1;
	return total - len - CUT_TAIL < step ? total - CUT_TAIL : len + step;
}

static int replay_bytes(const uint8_t *bytes, size_t total, unsigned long *runs)
{
	for (size_t len = 0; len <= total; len = next_cut(len, total)) {
		int error = replay_cut(bytes, len);

		if (error)
			return error;
		++*runs;
	}
	return 0;
}

static int replay_file(const char *path, unsigned long *runs)
{
	FILE *file = fopen(path, "re");
	uint8_t *bytes = malloc(FILE_MAX);
	int error = 0;

	if (!file || !bytes)
		error = -errno;
	if (!error) {
		size_t len = fread(bytes, 1, FILE_MAX, file);

		error = ferror(file) ? -EIO : replay_bytes(bytes, len, runs);
	}
	if (file)
		fclose(file);
	free(bytes);
	return error;
}

/* Number of files, or a negative errno. */
static int replay_folder(const char *folder, unsigned long *runs)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int n = 0, error = 0;

	if (!dir)
		return -errno;
	while (!error && (entry = readdir(dir))) {
		char path[4096];
		struct stat status;

		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (stat(path, &status) || !S_ISREG(status.st_mode))
			continue;
		error = replay_file(path, runs);
		if (error)
			fprintf(stderr, "%s: %s\n", path, strerror(-error));
		n++;
	}
	closedir(dir);
	return error ? error : n;
}

int main(int argc, char **argv)
{
	unsigned long runs = 0;
	int n;

	if (argc != 2) {
		fprintf(stderr, "Usage: %s CORPUS_FOLDER\n", argv[0]);
		return 2;
	}
	n = replay_folder(argv[1], &runs);
	if (n <= 0) {
		fprintf(stderr, "%s: %s\n", argv[1], n ? strerror(-n) : "no seeds");
		return 1;
	}
	printf("%d seeds, %lu inputs\n", n, runs);
	return 0;
}
