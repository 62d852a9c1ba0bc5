//go:build !cgo

#include "textflag.h"

#define SYS_clone 220
#define SYS_wait4 260
#define EINTR 4
#define __WALL 0x40000000
#define SPARE_STACK 8192

// runtime·rt0_go calls this in the place of runtime/cgo's initialisation. It
// keeps g in R28, and expects to find it there again.
TEXT nstools_entry(SB),NOSPLIT,$16-0
	MOVD	g, saved-8(SP)
	MOVD	argv+8(FP), R0 // where rt0_go keeps it
	MOVD	R0, ·startWords(SB)
	MOVD	$·noG(SB), g
	BL	·begin(SB)
	MOVD	saved-8(SP), g
	RET

// func split(flags uintptr) int
TEXT ·split(SB),NOSPLIT,$0-16
	MOVD	flags+0(FP), R0
	MOVD	$0, R1 // the planner takes over this stack
	MOVD	$0, R2
	MOVD	$0, R3
	MOVD	$0, R4
	MOVD	$SYS_clone, R8
	SVC
	CMP	$0, R0
	BGT	process
	MOVD	R0, ret+8(FP)
	RET

process:
	MOVD	R0, R19 // no stack from here to resume
again:
	MOVD	R19, R0
	MOVD	$·waitStatus(SB), R1
	MOVD	$__WALL, R2
	MOVD	$0, R3
	MOVD	$SYS_wait4, R8
	SVC
	CMN	$EINTR, R0
	BEQ	again
	CMP	R0, R19
	BEQ	ended
	MOVD	RSP, R20 // the planner may be alive, and use the stack
	MOVD	R20, ·stackKept(SB)
	MOVD	R19, ·plannerID(SB)
	MOVD	R0, ·waitResult(SB)
	MOVD	$·spareStack+(SPARE_STACK-32)(SB), R0
	AND	$~15, R0
	MOVD	R0, RSP
	BL	·waitOtherwise(SB)
	MOVD	·stackKept(SB), R20
	MOVD	R20, RSP
ended:
	MOVD	$·noG(SB), g
	BL	·resume(SB)
	BRK
