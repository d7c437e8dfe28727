// SPDX-License-Identifier: MIT
/* client.out [PORT]: sends its PID to the server over TCP, and prints the answer. */
#include "../message.h"

int main(int argc, char** argv) {
  struct sockaddr_in address = server_address(argc, argv);
  int server = socket(AF_INET, SOCK_STREAM, 0);
  char message[MESSAGE_SIZE + 1];
  ssize_t size;

  if (connect(server, (struct sockaddr*)&address, sizeof(address)))
    err(1, "connect");
  write_message(message, "client");
  if (send(server, message, MESSAGE_SIZE, 0) != MESSAGE_SIZE)
    err(1, "send");
  size = recv(server, message, MESSAGE_SIZE, MSG_WAITALL);
  if (size < 0)
    err(1, "recv");
  print_message("Client", "Server", message, size);
  puts("Client exited.");
  return 0;
}
