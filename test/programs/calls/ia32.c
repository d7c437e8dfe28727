// SPDX-License-Identifier: MIT
/*
 * A 32-bit program: its calls come in through int 0x80, its structures through the compat layer. Built without a C
 * library, which a 64-bit system need not have for it, so it reports by itself what witness.h reports for the others.
 */
struct iovec32 {
  const void* base;
  unsigned int size;
};

struct msghdr32 {
  void* name;
  unsigned int name_size;
  struct iovec32* iov;
  unsigned int iov_size;
  void* control;
  unsigned int control_size;
  int flags;
};

struct mmsghdr32 {
  struct msghdr32 header;
  unsigned int size;
};

struct address {
  unsigned short family, port;
  unsigned int ip;
  char zero[8];
};

enum { EXIT = 1, READ = 3, WRITE = 4, GETPID = 20, SOCKETCALL = 102, READV = 145, WRITEV = 146, SENDTO = 369 };
enum { RECVMMSG = 337, SENDMMSG = 345, RECVFROM = 371 };
/* Of socketcall(2). */
enum { SOCKET = 1, BIND, CONNECT, LISTEN, ACCEPT, GETSOCKNAME, SEND = 9, RECV, SENDMSG = 16, RECVMSG };
enum { AF_INET = 2, SOCK_STREAM = 1, SOCK_DGRAM = 2 };

static long call(long number, long a, long b, long c, long d, long e) {
  long result;

  __asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory");
  return result;
}

/* The sixth argument, an address's size, is in %ebp, which the compiler keeps for itself: here it is 0. */
static long call6_zero(long number, long a, long b, long c, long d, long e) {
  long result;

  __asm__ volatile("push %%ebp\n\txor %%ebp, %%ebp\n\tint $0x80\n\tpop %%ebp"
                   : "=a"(result)
                   : "0"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
                   : "memory");
  return result;
}

static unsigned int length(const char* text) {
  unsigned int size = 0;

  while (text[size])
    size++;
  return size;
}

static void say(const char* text) {
  call(WRITE, 1, (long)text, length(text), 0, 0);
}

static void say_number(const char* name, unsigned int number) {
  char digits[12];
  int at = sizeof(digits);

  digits[--at] = 0;
  do
    digits[--at] = '0' + number % 10;
  while (number /= 10);
  say(name);
  say(" ");
  say(digits + at);
  say("\n");
}

static void fail(const char* what, long result) {
  say_number(what, -result);
  call(EXIT, 1, 0, 0, 0, 0);
}

static long check(const char* what, long result) {
  if (result < 0)
    fail(what, result);
  return result;
}

static long socketcall(long which, long a, long b, long c, long d) {
  unsigned long arguments[] = {a, b, c, d, 0, 0};

  return check("socketcall", call(SOCKETCALL, which, (long)arguments, 0, 0, 0));
}

static unsigned int bytes[2][2], messages[2][2];
enum { TCP, UDP };
enum { RX, TX };

static long moved(int transport, int direction, long result) {
  check("transfer", result);
  bytes[transport][direction] += result;
  messages[transport][direction]++;
  return result;
}

static char data[1000];
static char buffer[4000];

static int bound(int type, struct address* address) {
  unsigned int size = sizeof(*address);
  int fd = socketcall(SOCKET, AF_INET, type, 0, 0);

  *address = (struct address){.family = AF_INET, .ip = 0x0100007f};
  socketcall(BIND, fd, (long)address, size, 0);
  socketcall(GETSOCKNAME, fd, (long)address, (long)&size, 0);
  return fd;
}

static void stream(void) {
  struct iovec32 out[2] = {{data, 10}, {data, 20}};
  struct iovec32 in[2] = {{buffer, 7}, {buffer + 7, 1000}};
  struct msghdr32 outgoing = {.iov = out, .iov_size = 2};
  struct msghdr32 incoming = {.iov = in, .iov_size = 2};
  struct address address;
  int listener = bound(SOCK_STREAM, &address);
  int client = socketcall(SOCKET, AF_INET, SOCK_STREAM, 0, 0);
  int server;

  socketcall(LISTEN, listener, 1, 0, 0);
  socketcall(CONNECT, client, (long)&address, sizeof(address), 0);
  server = socketcall(ACCEPT, listener, 0, 0, 0);
  moved(TCP, TX, socketcall(SEND, client, (long)data, 100, 0));
  moved(TCP, RX, socketcall(RECV, server, (long)buffer, sizeof(buffer), 0));
  moved(TCP, TX, socketcall(SENDMSG, client, (long)&outgoing, 0, 0));
  moved(TCP, RX, socketcall(RECVMSG, server, (long)&incoming, 0, 0));
  moved(TCP, TX, call(WRITEV, server, (long)out, 2, 0, 0));
  moved(TCP, RX, call(READV, client, (long)in, 2, 0, 0));
  moved(TCP, TX, call(WRITE, server, (long)data, 300, 0, 0));
  moved(TCP, RX, call(READ, client, (long)buffer, sizeof(buffer), 0, 0));
  moved(TCP, TX, call6_zero(SENDTO, server, (long)data, 40, 0, 0));
  moved(TCP, RX, call6_zero(RECVFROM, client, (long)buffer, sizeof(buffer), 0, 0));
}

static void datagrams(void) {
  struct iovec32 part = {data, 33};
  struct iovec32 into = {buffer, sizeof(buffer)};
  struct mmsghdr32 several[3];
  struct address address;
  int receiver = bound(SOCK_DGRAM, &address);
  int sender = socketcall(SOCKET, AF_INET, SOCK_DGRAM, 0, 0);

  socketcall(CONNECT, sender, (long)&address, sizeof(address), 0);
  for (int i = 0; i < 3; i++)
    several[i] = (struct mmsghdr32){.header = {.iov = &part, .iov_size = 1}};
  if (check("sendmmsg", call(SENDMMSG, sender, (long)several, 3, 0, 0)) != 3)
    fail("sendmmsg", 0);
  for (int i = 0; i < 3; i++)
    moved(UDP, TX, several[i].size);
  for (int i = 0; i < 3; i++)
    several[i].header.iov = &into;
  if (check("recvmmsg", call(RECVMMSG, receiver, (long)several, 3, 0, 0)) != 3)
    fail("recvmmsg", 0);
  for (int i = 0; i < 3; i++)
    moved(UDP, RX, several[i].size);
}

/* Without an argument: the names, as the others do. */
static void run(int arguments) {
  if (arguments < 2) {
    say("all\n");
    call(EXIT, 0, 0, 0, 0, 0);
  }
  stream();
  datagrams();
  say_number("process", call(GETPID, 0, 0, 0, 0, 0));
  say_number("tcp_rx_bytes", bytes[TCP][RX]);
  say_number("tcp_rx_msgs", messages[TCP][RX]);
  say_number("tcp_tx_bytes", bytes[TCP][TX]);
  say_number("tcp_tx_msgs", messages[TCP][TX]);
  say_number("udp_rx_bytes", bytes[UDP][RX]);
  say_number("udp_rx_msgs", messages[UDP][RX]);
  say_number("udp_tx_bytes", bytes[UDP][TX]);
  say_number("udp_tx_msgs", messages[UDP][TX]);
  say("other_rx_bytes 0\nother_rx_msgs 0\nother_tx_bytes 0\nother_tx_msgs 0\n");
  say("unix_rx_bytes 0\nunix_rx_msgs 0\nunix_tx_bytes 0\nunix_tx_msgs 0\n");
  say("packet_rx_bytes 0\npacket_rx_msgs 0\npacket_tx_bytes 0\npacket_tx_msgs 0\n");
  say("vsock_rx_bytes 0\nvsock_rx_msgs 0\nvsock_tx_bytes 0\nvsock_tx_msgs 0\n");
  call(EXIT, 0, 0, 0, 0, 0);
}

/* The linker's entry; the kernel has left the number of arguments on the stack. */
__attribute__((force_align_arg_pointer, used)) static void begin(const int* stack) {
  run(*stack);
}

__asm__(".globl _start\n_start:\n\tmov %esp, %eax\n\tpush %eax\n\tcall begin\n");
