# SPDX-License-Identifier: MIT
# Turns text files into an array of their lines:
# cmake -DNAME=ft_x -DOUT=x.c -DIN=a.in,b.in -P embed.cmake
string(REPLACE "," ";" IN "${IN}")
set(all "")
foreach(file IN LISTS IN)
	file(READ ${file} text)
	string(APPEND all "${text}")
endforeach()
string(REPLACE "\\" "\\\\" all "${all}")
string(REPLACE "\"" "\\\"" all "${all}")
string(REGEX REPLACE "\n$" "" all "${all}")
string(REPLACE "\n" "\",\n\t\"" all "${all}")
file(WRITE ${OUT}
	"#include <stddef.h>\n#include \"fourtuple/repro.h\"\n\n"
	"const char *const ${NAME}[] = {\n\t\"${all}\",\n\tNULL,\n};\n")
