/*
 * Answers what getopt_long(3) makes of command lines.
 *
 * All numbers are 32-bit in the machine's byte order; a list is a count and
 * then so many strings, each a length and so many bytes. A request is the list
 * of options and the list of words after the name of the program. A string of
 * the former is five characters and the long name: the short letter or '-',
 * whether the long and the short form take a value ('0' no, '1' required,
 * '2' optional), 'o' if the option is one that the original lacks, or '-',
 * and a space.
 *
 * The answer is one list: "option NAME" or "option NAME=VALUE" for each option,
 * then either "error TEXT" or "operand WORD" for each operand.
 */
#include <features.h>
#ifndef __GLIBC__
#error "only glibc's getopt_long is the one to be compared with"
#endif

#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct list {
	uint32_t count;
	char **strings;
};

struct answer {
	FILE *file;
	char *bytes;
	size_t size;
	uint32_t count;
};

struct rules {
	struct option *original; /* without the options marked 'o' */
	struct option *all;
	char *shorts;
};

static void read_exactly(void *to, size_t size)
{
	if (size > 0 && fread(to, size, 1, stdin) != 1)
		exit(feof(stdin) ? EXIT_SUCCESS : EXIT_FAILURE);
}

static struct list read_list(void)
{
	struct list list;
	read_exactly(&list.count, sizeof(list.count));
	list.strings = calloc(list.count + 1, sizeof(char *));
	for (uint32_t i = 0; i < list.count; i++) {
		uint32_t size;
		read_exactly(&size, sizeof(size));
		list.strings[i] = calloc(size + 1, 1);
		read_exactly(list.strings[i], size);
	}
	return list;
}

static void free_list(struct list list)
{
	for (uint32_t i = 0; i < list.count; i++)
		free(list.strings[i]);
	free(list.strings);
}

static void add(struct answer *answer, const char *kind, const char *text, const char *value)
{
	uint32_t size = strlen(kind) + strlen(text) + (value ? 1 + strlen(value) : 0);
	fwrite(&size, sizeof(size), 1, answer->file);
	fputs(kind, answer->file);
	fputs(text, answer->file);
	if (value) {
		fputc('=', answer->file);
		fputs(value, answer->file);
	}
	answer->count++;
}

static struct rules make_rules(struct list options)
{
	struct rules rules = {
		.original = calloc(options.count + 1, sizeof(struct option)),
		.all = calloc(options.count + 1, sizeof(struct option)),
		.shorts = calloc(3 * options.count + 2, 1),
	};
	struct option *original = rules.original;
	strcat(rules.shorts, "+");
	for (uint32_t i = 0; i < options.count; i++) {
		const char *o = options.strings[i];
		/* No two are alike, or glibc would not call them ambiguous. */
		struct option option = {o + 5, o[1] - '0', NULL, 0x100 + i};
		rules.all[i] = option;
		if (o[3] != 'o')
			*original++ = option;
		if (o[0] != '-') {
			strncat(rules.shorts, o, 1);
			strncat(rules.shorts, "::", o[2] - '0');
		}
	}
	return rules;
}

static void free_rules(struct rules rules)
{
	free(rules.original);
	free(rules.all);
	free(rules.shorts);
}

/* The original does not know its successor's own options, unless spelled out. */
static const struct option *longs_for(const struct rules *rules, struct list options, const char *word)
{
	if (!word || strncmp(word, "--", 2) != 0)
		return rules->original;
	for (uint32_t i = 0; i < options.count; i++) {
		const char *name = options.strings[i] + 5;
		size_t size = strlen(name);
		if (strncmp(word + 2, name, size) == 0 && (word[2 + size] == '\0' || word[2 + size] == '='))
			return rules->all;
	}
	return rules->original;
}

static const char *name_of(struct list options, int code)
{
	if (code >= 0x100)
		return options.strings[code - 0x100] + 5;
	for (uint32_t i = 0; i < options.count; i++)
		if ((unsigned char)options.strings[i][0] == code)
			return options.strings[i] + 5;
	abort();
}

/* Copies what getopt_long printed, less the program's name and the line's end. */
static void add_complaint(struct answer *answer, char *complaint, size_t size)
{
	const char name[] = "program: ";
	if (size <= strlen(name) || strncmp(complaint, name, strlen(name)) != 0 || complaint[size - 1] != '\n')
		abort();
	complaint[size - 1] = '\0';
	add(answer, "error ", complaint + strlen(name), NULL);
}

static void walk(struct answer *answer, struct list options, int argc, char **argv)
{
	struct rules rules = make_rules(options);
	char *complaint = NULL;
	size_t complaint_size = 0;
	FILE *console = stderr;
	int code;

	stderr = open_memstream(&complaint, &complaint_size);
	optind = 0; /* start afresh, with argv[1] */
	const struct option *longs = longs_for(&rules, options, argv[1]);
	while ((code = getopt_long(argc, argv, rules.shorts, longs, NULL)) != -1 && code != '?') {
		add(answer, "option ", name_of(options, code), optarg);
		longs = longs_for(&rules, options, argv[optind]);
	}
	fclose(stderr);
	stderr = console;
	if (code == '?')
		add_complaint(answer, complaint, complaint_size);
	else
		for (int i = optind; i < argc; i++)
			add(answer, "operand ", argv[i], NULL);
	free(complaint);
	free_rules(rules);
}

int main(void)
{
	for (;;) {
		struct list options = read_list();
		struct list words = read_list();
		char **argv = calloc(words.count + 2, sizeof(char *));
		argv[0] = "program";
		memcpy(argv + 1, words.strings, words.count * sizeof(char *));

		struct answer answer = {0};
		answer.file = open_memstream(&answer.bytes, &answer.size);
		walk(&answer, options, words.count + 1, argv);
		fclose(answer.file);
		fwrite(&answer.count, sizeof(answer.count), 1, stdout);
		fwrite(answer.bytes, 1, answer.size, stdout);
		if (fflush(stdout) != 0)
			return EXIT_FAILURE;

		free(answer.bytes);
		free(argv);
		free_list(options);
		free_list(words);
	}
}
