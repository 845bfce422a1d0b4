// A wall clock that a test sets while the process runs: what is in the file that INTERLOCK_TEST_CLOCK names, eight
// bytes of nanoseconds, is added to CLOCK_REALTIME. The monotonic clock stays what it is, as it does when somebody
// sets the time of a machine. Loaded by LD_PRELOAD.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int (*actual)(clockid_t, struct timespec *);
static volatile int64_t *offset;

__attribute__((constructor)) static void begin(void) {
    actual = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    const char *name = getenv("INTERLOCK_TEST_CLOCK");
    int file = name ? open(name, O_RDONLY) : -1;
    if (file >= 0) {
        void *mapped = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
        offset = mapped == MAP_FAILED ? NULL : mapped;
        close(file);
    }
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    if (!actual) {
        begin();
    }
    int result = actual(clock, time);
    if (result == 0 && offset && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t nanos = time->tv_nsec + *offset % 1000000000;
        time->tv_sec += *offset / 1000000000;
        if (nanos < 0) {
            nanos += 1000000000;
            time->tv_sec--;
        } else if (nanos >= 1000000000) {
            nanos -= 1000000000;
            time->tv_sec++;
        }
        time->tv_nsec = nanos;
    }
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    struct timespec now;
    int result = clock_gettime(CLOCK_REALTIME, &now);
    (void)zone;
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return result;
}

time_t time(time_t *seconds) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (seconds) {
        *seconds = now.tv_sec;
    }
    return now.tv_sec;
}
