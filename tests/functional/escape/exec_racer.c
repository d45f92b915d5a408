/* Executes a program again and again whose header another thread changes meanwhile between one with a loader and one without.
   usage: exec_racer FILE OFFSET SECONDS; prints how often each end was met. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char* file;
static long place;

/* It must not be open while it is executed: ETXTBSY. */
static void* change(void* unused) {
    for (unsigned type = 0;; type = type == 0 ? 3 : 0) { /* PT_NULL, PT_INTERP */
        const int opened = open(file, O_WRONLY | O_CLOEXEC);
        if (opened < 0) continue;
        pwrite(opened, &type, sizeof type, place);
        close(opened);
    }
    return unused;
}

int main(int count, char** words) {
    if (count < 4) return 125;
    file = words[1], place = atol(words[2]);
    pthread_t thread;
    if (pthread_create(&thread, NULL, change, NULL) != 0) return perror("no thread"), 125;
    const time_t end = time(NULL) + atol(words[3]);
    unsigned ran = 0, failed = 0, killed = 0, other = 0;
    while (time(NULL) < end) {
        const pid_t child = fork();
        if (child == 0) {
            execl(file, file, (char*)NULL);
            _exit(100);
        }
        int status = 0;
        if (waitpid(child, &status, 0) != child) return perror("wait"), 125;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 7) ++ran;
        else if (WIFEXITED(status) && WEXITSTATUS(status) == 100) ++failed;
        else if (WIFSIGNALED(status) && WTERMSIG(status) == 9) ++killed;
        else ++other, printf("status %x\n", status);
    }
    printf("ran %u failed %u killed %u other %u\n", ran, failed, killed, other);
    return 0;
}
