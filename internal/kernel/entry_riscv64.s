//go:build !cgo

#include "textflag.h"

#define SYS_clone 220
#define SYS_wait4 260
#define EINTR 4
#define __WALL 0x40000000
#define SPARE_STACK 8192

// runtime·rt0_go calls this in the place of runtime/cgo's initialisation. It
// keeps g in X27, and expects to find it there again.
TEXT nstools_entry(SB),NOSPLIT,$16-0
	MOV	g, saved-8(SP)
	MOV	argv+8(FP), A0 // where rt0_go keeps it
	MOV	A0, ·startWords(SB)
	MOV	$·noG(SB), g
	CALL	·begin(SB)
	MOV	saved-8(SP), g
	RET

// func split(flags uintptr) int
TEXT ·split(SB),NOSPLIT,$0-16
	MOV	flags+0(FP), A0
	MOV	ZERO, A1 // the planner takes over this stack
	MOV	ZERO, A2
	MOV	ZERO, A3
	MOV	ZERO, A4
	MOV	$SYS_clone, A7
	ECALL
	BLT	ZERO, A0, process
	MOV	A0, ret+8(FP)
	RET

process:
	MOV	A0, S2 // no stack from here to resume
again:
	MOV	S2, A0
	MOV	$·waitStatus(SB), A1
	MOV	$__WALL, A2
	MOV	ZERO, A3
	MOV	$SYS_wait4, A7
	ECALL
	MOV	$-EINTR, T0
	BEQ	A0, T0, again
	BEQ	A0, S2, ended
	MOV	X2, ·stackKept(SB) // the planner may be alive, and use the stack
	MOV	S2, ·plannerID(SB)
	MOV	A0, ·waitResult(SB)
	MOV	$·spareStack+(SPARE_STACK-32)(SB), X2
	AND	$~15, X2
	CALL	·waitOtherwise(SB)
	MOV	·stackKept(SB), X2
ended:
	MOV	$·noG(SB), g
	CALL	·resume(SB)
	EBREAK
