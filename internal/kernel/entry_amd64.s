//go:build !cgo

#include "textflag.h"

#define SYS_clone 56
#define SYS_wait4 61
#define SYS_arch_prctl 158
#define ARCH_SET_FS 0x1002
#define EINTR 4
#define __WALL 0x40000000
#define SYS_write 1
#define SYS_exit_group 231
#define REFUSAL 34 // bytes
#define SPARE_STACK 8192

// runtime·rt0_go calls this in the place of runtime/cgo's initialisation, before
// there is thread-local storage: the function in _cgo_init has to provide it.
TEXT nstools_entry(SB),NOSPLIT|NOFRAME,$0
	LEAQ	·threadLocal+8(SB), SI // g lives at -8(FS)
	MOVQ	$ARCH_SET_FS, DI
	MOVQ	$SYS_arch_prctl, AX
	SYSCALL
	TESTQ	AX, AX
	JNE	refused
	MOVQ	40(SP), AX // where rt0_go keeps argv
	MOVQ	AX, ·startWords(SB)
	LEAQ	·noG(SB), AX
	MOVQ	AX, ·threadLocal(SB)
	SUBQ	$8, SP
	CALL	·begin(SB)
	ADDQ	$8, SP
	RET

refused:
	// Without thread-local storage no Go function can be called.
	MOVQ	40(SP), SI
	MOVQ	(SI), SI // the first word
	TESTQ	SI, SI
	JEQ	say
	MOVQ	SI, DX
scan:
	MOVBLZX	(DX), AX
	TESTL	AX, AX
	JEQ	name
	INCQ	DX
	CMPL	AX, $'/'
	JNE	scan
	MOVQ	DX, SI
	JMP	scan
name:
	SUBQ	SI, DX
	MOVL	$2, DI
	MOVL	$SYS_write, AX
	SYSCALL
say:
	MOVL	$2, DI
	LEAQ	refusal<>(SB), SI
	MOVL	$REFUSAL, DX
	MOVL	$SYS_write, AX
	SYSCALL
	MOVL	$1, DI
	MOVL	$SYS_exit_group, AX
	SYSCALL
	INT	$3

DATA refusal<>+0(SB)/8, $": cannot"
DATA refusal<>+8(SB)/8, $" start: "
DATA refusal<>+16(SB)/8, $"arch_prc"
DATA refusal<>+24(SB)/8, $"tl faile"
DATA refusal<>+32(SB)/1, $"d"
DATA refusal<>+33(SB)/1, $"\n"
GLOBL refusal<>(SB), RODATA|NOPTR, $40

// func split(flags uintptr) int
TEXT ·split(SB),NOSPLIT,$0-16
	MOVQ	flags+0(FP), DI
	XORL	SI, SI // the planner takes over this stack
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
	CMPQ	AX, R12
	JEQ	ended
	MOVQ	SP, ·stackKept(SB) // the planner may be alive, and use the stack
	MOVQ	R12, ·plannerID(SB)
	MOVQ	AX, ·waitResult(SB)
	LEAQ	·spareStack+SPARE_STACK(SB), SP
	ANDQ	$~15, SP
	CALL	·waitOtherwise(SB)
	MOVQ	·stackKept(SB), SP
ended:
	LEAQ	·noG(SB), R14
	MOVQ	R14, ·threadLocal(SB)
	XORPS	X15, X15
	CALL	·resume(SB)
	INT	$3
