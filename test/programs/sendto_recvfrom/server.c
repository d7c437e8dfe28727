// SPDX-License-Identifier: MIT
/* server.out [PORT]: answers each client's message over UDP until Ctrl-C. */
#include "../message.h"

int main(int argc, char** argv) {
  struct sockaddr_in address = server_address(argc, argv), client;
  int server = socket(AF_INET, SOCK_DGRAM, 0);
  char message[MESSAGE_SIZE + 1];

  handle_interrupt();
  if (bind(server, (struct sockaddr*)&address, sizeof(address)))
    err(1, "bind");
  while (!interrupted) {
    socklen_t length = sizeof(client);
    ssize_t size = recvfrom(server, message, MESSAGE_SIZE, 0, (struct sockaddr*)&client, &length);

    if (size < 0)
      continue;
    print_message("Server", "Client", message, size);
    write_message(message, "server");
    if (sendto(server, message, MESSAGE_SIZE, 0, (struct sockaddr*)&client, length) != MESSAGE_SIZE)
      err(1, "sendto");
  }
  puts("Server exited.");
  return 0;
}
