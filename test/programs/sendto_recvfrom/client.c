// SPDX-License-Identifier: MIT
/* client.out [PORT]: sends its PID to the server over UDP, and prints the answer. */
#include "../message.h"

int main(int argc, char** argv) {
  struct sockaddr_in address = server_address(argc, argv);
  int server = socket(AF_INET, SOCK_DGRAM, 0);
  char message[MESSAGE_SIZE + 1];
  ssize_t size;

  write_message(message, "client");
  if (sendto(server, message, MESSAGE_SIZE, 0, (struct sockaddr*)&address, sizeof(address)) != MESSAGE_SIZE)
    err(1, "sendto");
  size = recvfrom(server, message, MESSAGE_SIZE, 0, NULL, NULL);
  if (size < 0)
    err(1, "recvfrom");
  print_message("Client", "Server", message, size);
  puts("Client exited.");
  return 0;
}
