module sangdam

go 1.26
