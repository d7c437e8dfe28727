// SPDX-License-Identifier: MIT
/* server.out [PORT]: answers each client's message over TCP until Ctrl-C. */
#include "../message.h"

static void serve(int client) {
  char message[MESSAGE_SIZE + 1];
  ssize_t size = recv(client, message, MESSAGE_SIZE, MSG_WAITALL);

  if (size <= 0)
    return;
  print_message("Server", "Client", message, size);
  write_message(message, "server");
  if (send(client, message, MESSAGE_SIZE, 0) != MESSAGE_SIZE)
    err(1, "send");
}

int main(int argc, char** argv) {
  struct sockaddr_in address = server_address(argc, argv);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  int on = 1;

  handle_interrupt();
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(listener, (struct sockaddr*)&address, sizeof(address)) || listen(listener, 16))
    err(1, "listen");
  while (!interrupted) {
    int client = accept(listener, NULL, NULL);

    if (client < 0)
      continue;
    serve(client);
    close(client);
  }
  puts("Server exited.");
  return 0;
}
