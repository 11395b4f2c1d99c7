/* While the file $HANG_FLAG exists, calls on files below $HANG_FOLDER do not return. Loaded with LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/vfs.h>
#include <unistd.h>

static int hangs(void) {
  const char *flag = getenv("HANG_FLAG");
  return flag != NULL && syscall(SYS_faccessat, AT_FDCWD, flag, F_OK) == 0;
}

static void wait_for(const char *path) {
  const char *folder = getenv("HANG_FOLDER");
  if (path == NULL || folder == NULL || strncmp(path, folder, strlen(folder)) != 0) return;
  while (hangs()) usleep(20000);
}

static void wait_for_file(int fd) {
  char link[64], path[PATH_MAX];
  if (!hangs()) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
  if (n <= 0) return;
  path[n] = 0;
  wait_for(path);
}

#define NEXT(type, name, ...) static type (*next)(__VA_ARGS__); if (next == NULL) next = dlsym(RTLD_NEXT, name)

#define OPEN(name)                                                        \
  int name(const char *path, int flags, ...) {                            \
    NEXT(int, #name, const char *, int, ...);                             \
    va_list list;                                                         \
    va_start(list, flags);                                                \
    mode_t mode = va_arg(list, mode_t);                                   \
    va_end(list);                                                         \
    wait_for(path);                                                       \
    return next(path, flags, mode);                                       \
  }
OPEN(open)
OPEN(open64)

#define ON_FILE(type, name, parameters, arguments)                        \
  type name parameters {                                                  \
    static type(*next) parameters;                                        \
    if (next == NULL) next = dlsym(RTLD_NEXT, #name);                     \
    wait_for_file(fd);                                                    \
    return next arguments;                                                \
  }
ON_FILE(ssize_t, pread, (int fd, void *b, size_t n, off_t at), (fd, b, n, at))
ON_FILE(ssize_t, pread64, (int fd, void *b, size_t n, off_t at), (fd, b, n, at))
ON_FILE(ssize_t, pwrite, (int fd, const void *b, size_t n, off_t at), (fd, b, n, at))
ON_FILE(ssize_t, pwrite64, (int fd, const void *b, size_t n, off_t at), (fd, b, n, at))
ON_FILE(int, fsync, (int fd), (fd))
ON_FILE(int, fdatasync, (int fd), (fd))
ON_FILE(int, ftruncate64, (int fd, off_t n), (fd, n))

#define ON_PATH(name, parameters, arguments)                              \
  int name parameters {                                                   \
    static int(*next) parameters;                                         \
    if (next == NULL) next = dlsym(RTLD_NEXT, #name);                     \
    wait_for(path);                                                       \
    return next arguments;                                                \
  }
ON_PATH(statfs, (const char *path, struct statfs *s), (path, s))
ON_PATH(statfs64, (const char *path, struct statfs64 *s), (path, s))
ON_PATH(stat64, (const char *path, struct stat64 *s), (path, s))
ON_PATH(lstat64, (const char *path, struct stat64 *s), (path, s))
ON_PATH(access, (const char *path, int mode), (path, mode))
ON_PATH(mkdir, (const char *path, mode_t mode), (path, mode))
ON_PATH(unlink, (const char *path), (path))
ON_PATH(rename, (const char *path, const char *to), (path, to))
