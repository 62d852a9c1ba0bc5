//go:build !cgo

#include "textflag.h"

#define SYS_clone 56
#define SYS_wait4 61
#define SYS_arch_prctl 158
#define ARCH_SET_FS 0x1002
#define EINTR 4
#define __WALL 0x40000000

// Called by runtime·rt0_go in the place of runtime/cgo's initialisation, before
// there is thread-local storage: whoever fills _cgo_init has to provide it.
TEXT nstools_entry(SB),NOSPLIT|NOFRAME,$0
	LEAQ	·threadLocal+8(SB), SI // g lives at -8(FS)
	MOVQ	$ARCH_SET_FS, DI
	MOVQ	$SYS_arch_prctl, AX
	SYSCALL
	LEAQ	·noG(SB), AX
	MOVQ	AX, ·threadLocal(SB)
	SUBQ	$8, SP
	CALL	·begin(SB)
	ADDQ	$8, SP
	RET

// func split(flags uintptr) int
TEXT ·split(SB),NOSPLIT,$0-16
	MOVQ	flags+0(FP), DI
	XORL	SI, SI // the planner takes over our stack
	XORL	DX, DX
	XORL	R10, R10
	XORL	R8, R8
	MOVL	$SYS_clone, AX
	SYSCALL
	TESTQ	AX, AX
	JGT	process
	MOVQ	AX, ret+8(FP)
	RET

process:
	MOVQ	AX, R12 // no stack from here to resume
again:
	MOVQ	R12, DI
	LEAQ	·waitStatus(SB), SI
	MOVL	$__WALL, DX
	XORL	R10, R10
	MOVL	$SYS_wait4, AX
	SYSCALL
	CMPQ	AX, $-EINTR
	JEQ	again
	LEAQ	·noG(SB), R14
	MOVQ	R14, ·threadLocal(SB)
	XORPS	X15, X15
	CALL	·resume(SB)
	INT	$3
