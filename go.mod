module nncc

go 1.26
