module sentimark.dev/samples

go 1.26
