#include "net/net.h"
#include <sys/ioctl.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
int net_loopback_up(void){int s=socket(AF_INET,SOCK_DGRAM|SOCK_CLOEXEC,0);struct ifreq r={.ifr_name="lo",.ifr_flags=IFF_UP};int x=ioctl(s,SIOCSIFFLAGS,&r);close(s);return x;}
int net_move_devices(const struct spec_net_devices *d,int n){return 0;}
void net_return_devices(const struct spec_net_devices *d,int n){}
