// sec NR[,NR..] action(errno|kill) prog args: seccomp refuse
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <errno.h>
#include <sys/prctl.h>
#include <linux/seccomp.h>
#include <linux/filter.h>
#include <stddef.h>
int main(int c,char**v){struct sock_filter f[200];int n=0;f[n++]=(struct sock_filter)BPF_STMT(BPF_LD|BPF_W|BPF_ABS,offsetof(struct seccomp_data,nr));
int act=strcmp(v[2],"kill")?SECCOMP_RET_ERRNO|atoi(v[2]):0x80000000;
for(char*p=strtok(v[1],",");p;p=strtok(0,",")){f[n++]=(struct sock_filter)BPF_JUMP(BPF_JMP|BPF_JEQ|BPF_K,atoi(p),0,1);f[n++]=(struct sock_filter)BPF_STMT(BPF_RET|BPF_K,act);}
f[n++]=(struct sock_filter)BPF_STMT(BPF_RET|BPF_K,SECCOMP_RET_ALLOW);
struct sock_fprog g={n,f};if(getenv("NNP"))prctl(PR_SET_NO_NEW_PRIVS,1,0,0,0);if(prctl(PR_SET_SECCOMP,2,&g)){perror("seccomp");return 99;}
execv(v[3],v+3);perror("exec");return 98;}
