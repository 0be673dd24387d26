package main

import (
	"context"
	"io"
	"net"
	"strings"
)

// runWorld listens at each ADDRESS:PORT. Port 5432 answers PostgreSQL's first question, which is whether it speaks TLS (protocol
// 3.0, "SSL Session Encryption"); all others only take the connection. That is enough to see who may connect to what.
func runWorld(ctx context.Context, addresses []string) error {
	failed := make(chan error)
	for _, address := range addresses {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		go func() {
			for {
				connection, err := listener.Accept()
				if err != nil {
					failed <- err
					return
				}
				go answer(connection, strings.HasSuffix(address, ":5432"))
			}
		}()
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return nil
	}
}

func answer(connection net.Conn, postgres bool) {
	defer connection.Close()
	question := make([]byte, 8)
	if _, err := io.ReadFull(connection, question); err == nil && postgres {
		_, _ = connection.Write([]byte("S"))
	}
}
