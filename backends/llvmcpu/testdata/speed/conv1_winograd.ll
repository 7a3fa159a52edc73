; The reference for TestSpeedOfLeNetConv1: the same kernel written by hand with intrinsics, as LLVM IR (opaque pointers, so
; llc 15 or later) made by clang 19 -O3 -march=skylake-avx512 -mprefer-vector-width=512 -ffast-math. Signature as of all kernels.
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

define void @conv1_winograd(ptr %0, i64 %1, i64 %2, ptr %3) nounwind noredzone align 64 {
  %5 = getelementptr inbounds i8, ptr %3, i64 3072
  %6 = getelementptr inbounds i8, ptr %0, i64 16
  %7 = load ptr, ptr %6, align 8
  %8 = getelementptr inbounds i8, ptr %0, i64 24
  %9 = load ptr, ptr %8, align 8
  %10 = icmp slt i64 %1, %2
  br i1 %10, label %11, label %61

11:
  %12 = getelementptr inbounds i8, ptr %0, i64 8
  %13 = getelementptr inbounds i8, ptr %0, i64 32
  %14 = getelementptr inbounds i8, ptr %3, i64 384
  %15 = getelementptr inbounds i8, ptr %3, i64 768
  %16 = getelementptr inbounds i8, ptr %3, i64 1152
  %17 = getelementptr inbounds i8, ptr %3, i64 1536
  %18 = getelementptr inbounds i8, ptr %3, i64 1920
  %19 = getelementptr inbounds i8, ptr %3, i64 2304
  %20 = getelementptr inbounds i8, ptr %3, i64 2688
  %21 = getelementptr inbounds i8, ptr %3, i64 64
  %22 = getelementptr inbounds i8, ptr %3, i64 448
  %23 = getelementptr inbounds i8, ptr %3, i64 832
  %24 = getelementptr inbounds i8, ptr %3, i64 1216
  %25 = getelementptr inbounds i8, ptr %3, i64 1600
  %26 = getelementptr inbounds i8, ptr %3, i64 1984
  %27 = getelementptr inbounds i8, ptr %3, i64 2368
  %28 = getelementptr inbounds i8, ptr %3, i64 2752
  %29 = getelementptr inbounds i8, ptr %3, i64 128
  %30 = getelementptr inbounds i8, ptr %3, i64 512
  %31 = getelementptr inbounds i8, ptr %3, i64 896
  %32 = getelementptr inbounds i8, ptr %3, i64 1280
  %33 = getelementptr inbounds i8, ptr %3, i64 1664
  %34 = getelementptr inbounds i8, ptr %3, i64 2048
  %35 = getelementptr inbounds i8, ptr %3, i64 2432
  %36 = getelementptr inbounds i8, ptr %3, i64 2816
  %37 = getelementptr inbounds i8, ptr %3, i64 192
  %38 = getelementptr inbounds i8, ptr %3, i64 576
  %39 = getelementptr inbounds i8, ptr %3, i64 960
  %40 = getelementptr inbounds i8, ptr %3, i64 1344
  %41 = getelementptr inbounds i8, ptr %3, i64 1728
  %42 = getelementptr inbounds i8, ptr %3, i64 2112
  %43 = getelementptr inbounds i8, ptr %3, i64 2496
  %44 = getelementptr inbounds i8, ptr %3, i64 2880
  %45 = getelementptr inbounds i8, ptr %3, i64 256
  %46 = getelementptr inbounds i8, ptr %3, i64 640
  %47 = getelementptr inbounds i8, ptr %3, i64 1024
  %48 = getelementptr inbounds i8, ptr %3, i64 1408
  %49 = getelementptr inbounds i8, ptr %3, i64 1792
  %50 = getelementptr inbounds i8, ptr %3, i64 2176
  %51 = getelementptr inbounds i8, ptr %3, i64 2560
  %52 = getelementptr inbounds i8, ptr %3, i64 2944
  %53 = getelementptr inbounds i8, ptr %3, i64 320
  %54 = getelementptr inbounds i8, ptr %3, i64 704
  %55 = getelementptr inbounds i8, ptr %3, i64 1088
  %56 = getelementptr inbounds i8, ptr %3, i64 1472
  %57 = getelementptr inbounds i8, ptr %3, i64 1856
  %58 = getelementptr inbounds i8, ptr %3, i64 2240
  %59 = getelementptr inbounds i8, ptr %3, i64 2624
  %60 = getelementptr inbounds i8, ptr %3, i64 3008
  br label %62

61:
  ret void

62:
  %63 = phi i64 [ %1, %11 ], [ %338, %337 ]
  %64 = load ptr, ptr %12, align 8
  %65 = mul i64 %63, 12288
  %66 = getelementptr inbounds i8, ptr %64, i64 %65
  %67 = load ptr, ptr %13, align 8
  %68 = mul i64 %63, 5376
  %69 = getelementptr inbounds i8, ptr %67, i64 %68
  %70 = getelementptr inbounds i8, ptr %66, i64 64
  %71 = getelementptr inbounds i8, ptr %66, i64 4096
  %72 = getelementptr inbounds i8, ptr %66, i64 4160
  %73 = getelementptr inbounds i8, ptr %66, i64 8192
  %74 = getelementptr inbounds i8, ptr %66, i64 8256
  br label %75

75:
  %76 = phi i64 [ 0, %62 ], [ %576, %575 ]
  %77 = shl nuw nsw i64 %76, 7
  %78 = add nuw nsw i64 %77, 224
  %79 = add nuw nsw i64 %77, 192
  %80 = add nuw nsw i64 %77, 160
  %81 = add nuw nsw i64 %77, 128
  %82 = or disjoint i64 %77, 96
  %83 = or disjoint i64 %77, 64
  %84 = or disjoint i64 %77, 32
  %85 = getelementptr inbounds float, ptr %66, i64 %77
  %86 = load <16 x float>, ptr %85, align 1
  %87 = getelementptr inbounds float, ptr %66, i64 %84
  %88 = load <16 x float>, ptr %87, align 1
  %89 = getelementptr inbounds float, ptr %66, i64 %83
  %90 = load <16 x float>, ptr %89, align 1
  %91 = getelementptr inbounds float, ptr %66, i64 %82
  %92 = load <16 x float>, ptr %91, align 1
  %93 = getelementptr inbounds float, ptr %66, i64 %81
  %94 = load <16 x float>, ptr %93, align 1
  %95 = getelementptr inbounds float, ptr %66, i64 %80
  %96 = load <16 x float>, ptr %95, align 1
  %97 = getelementptr inbounds float, ptr %66, i64 %79
  %98 = load <16 x float>, ptr %97, align 1
  %99 = getelementptr inbounds float, ptr %66, i64 %78
  %100 = load <16 x float>, ptr %99, align 1
  %101 = fsub fast <16 x float> %94, %90
  %102 = fsub fast <16 x float> %86, %98
  %103 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %101, <16 x float> <float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00>, <16 x float> %102)
  %104 = fsub fast <16 x float> %92, %96
  %105 = fsub fast <16 x float> %100, %88
  %106 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %104, <16 x float> <float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00>, <16 x float> %105)
  %107 = fadd fast <16 x float> %98, %90
  %108 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %94, <16 x float> <float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00>, <16 x float> %107)
  %109 = fadd fast <16 x float> %88, %96
  %110 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %92, <16 x float> <float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00>, <16 x float> %109)
  %111 = fadd fast <16 x float> %110, %108
  %112 = fsub fast <16 x float> %108, %110
  %113 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %90, <16 x float> <float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01>, <16 x float> %98)
  %114 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %94, <16 x float> <float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00>, <16 x float> %113)
  %115 = fmul fast <16 x float> %96, <float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00>
  %116 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %92, <16 x float> <float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00>, <16 x float> %115)
  %117 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %88, <16 x float> <float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01>, <16 x float> %116)
  %118 = fadd fast <16 x float> %117, %114
  %119 = fsub fast <16 x float> %114, %117
  %120 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %94, <16 x float> <float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00>, <16 x float> %98)
  %121 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %90, <16 x float> <float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00>, <16 x float> %120)
  %122 = fmul fast <16 x float> %88, <float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00>
  %123 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %92, <16 x float> <float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00>, <16 x float> %122)
  %124 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %96, <16 x float> <float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01>, <16 x float> %123)
  %125 = fadd fast <16 x float> %124, %121
  %126 = fsub fast <16 x float> %121, %124
  store <16 x float> %103, ptr %3, align 1
  store <16 x float> %111, ptr %14, align 1
  store <16 x float> %112, ptr %15, align 1
  store <16 x float> %118, ptr %16, align 1
  store <16 x float> %119, ptr %17, align 1
  store <16 x float> %125, ptr %18, align 1
  store <16 x float> %126, ptr %19, align 1
  store <16 x float> %106, ptr %20, align 1
  %127 = getelementptr inbounds float, ptr %70, i64 %77
  %128 = load <16 x float>, ptr %127, align 1
  %129 = getelementptr inbounds float, ptr %70, i64 %84
  %130 = load <16 x float>, ptr %129, align 1
  %131 = getelementptr inbounds float, ptr %70, i64 %83
  %132 = load <16 x float>, ptr %131, align 1
  %133 = getelementptr inbounds float, ptr %70, i64 %82
  %134 = load <16 x float>, ptr %133, align 1
  %135 = getelementptr inbounds float, ptr %70, i64 %81
  %136 = load <16 x float>, ptr %135, align 1
  %137 = getelementptr inbounds float, ptr %70, i64 %80
  %138 = load <16 x float>, ptr %137, align 1
  %139 = getelementptr inbounds float, ptr %70, i64 %79
  %140 = load <16 x float>, ptr %139, align 1
  %141 = getelementptr inbounds float, ptr %70, i64 %78
  %142 = load <16 x float>, ptr %141, align 1
  %143 = fsub fast <16 x float> %136, %132
  %144 = fsub fast <16 x float> %128, %140
  %145 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %143, <16 x float> <float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00>, <16 x float> %144)
  %146 = fsub fast <16 x float> %134, %138
  %147 = fsub fast <16 x float> %142, %130
  %148 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %146, <16 x float> <float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00>, <16 x float> %147)
  %149 = fadd fast <16 x float> %140, %132
  %150 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %136, <16 x float> <float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00>, <16 x float> %149)
  %151 = fadd fast <16 x float> %130, %138
  %152 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %134, <16 x float> <float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00>, <16 x float> %151)
  %153 = fadd fast <16 x float> %152, %150
  %154 = fsub fast <16 x float> %150, %152
  %155 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %132, <16 x float> <float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01>, <16 x float> %140)
  %156 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %136, <16 x float> <float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00>, <16 x float> %155)
  %157 = fmul fast <16 x float> %138, <float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00>
  %158 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %134, <16 x float> <float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00>, <16 x float> %157)
  %159 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %130, <16 x float> <float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01>, <16 x float> %158)
  %160 = fadd fast <16 x float> %159, %156
  %161 = fsub fast <16 x float> %156, %159
  %162 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %136, <16 x float> <float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00>, <16 x float> %140)
  %163 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %132, <16 x float> <float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00>, <16 x float> %162)
  %164 = fmul fast <16 x float> %130, <float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00>
  %165 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %134, <16 x float> <float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00>, <16 x float> %164)
  %166 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %138, <16 x float> <float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01>, <16 x float> %165)
  %167 = fadd fast <16 x float> %166, %163
  %168 = fsub fast <16 x float> %163, %166
  store <16 x float> %145, ptr %21, align 1
  store <16 x float> %153, ptr %22, align 1
  store <16 x float> %154, ptr %23, align 1
  store <16 x float> %160, ptr %24, align 1
  store <16 x float> %161, ptr %25, align 1
  store <16 x float> %167, ptr %26, align 1
  store <16 x float> %168, ptr %27, align 1
  store <16 x float> %148, ptr %28, align 1
  %169 = getelementptr inbounds float, ptr %71, i64 %77
  %170 = load <16 x float>, ptr %169, align 1
  %171 = getelementptr inbounds float, ptr %71, i64 %84
  %172 = load <16 x float>, ptr %171, align 1
  %173 = getelementptr inbounds float, ptr %71, i64 %83
  %174 = load <16 x float>, ptr %173, align 1
  %175 = getelementptr inbounds float, ptr %71, i64 %82
  %176 = load <16 x float>, ptr %175, align 1
  %177 = getelementptr inbounds float, ptr %71, i64 %81
  %178 = load <16 x float>, ptr %177, align 1
  %179 = getelementptr inbounds float, ptr %71, i64 %80
  %180 = load <16 x float>, ptr %179, align 1
  %181 = getelementptr inbounds float, ptr %71, i64 %79
  %182 = load <16 x float>, ptr %181, align 1
  %183 = getelementptr inbounds float, ptr %71, i64 %78
  %184 = load <16 x float>, ptr %183, align 1
  %185 = fsub fast <16 x float> %178, %174
  %186 = fsub fast <16 x float> %170, %182
  %187 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %185, <16 x float> <float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00>, <16 x float> %186)
  %188 = fsub fast <16 x float> %176, %180
  %189 = fsub fast <16 x float> %184, %172
  %190 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %188, <16 x float> <float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00>, <16 x float> %189)
  %191 = fadd fast <16 x float> %182, %174
  %192 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %178, <16 x float> <float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00>, <16 x float> %191)
  %193 = fadd fast <16 x float> %172, %180
  %194 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %176, <16 x float> <float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00>, <16 x float> %193)
  %195 = fadd fast <16 x float> %194, %192
  %196 = fsub fast <16 x float> %192, %194
  %197 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %174, <16 x float> <float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01>, <16 x float> %182)
  %198 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %178, <16 x float> <float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00>, <16 x float> %197)
  %199 = fmul fast <16 x float> %180, <float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00>
  %200 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %176, <16 x float> <float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00>, <16 x float> %199)
  %201 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %172, <16 x float> <float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01>, <16 x float> %200)
  %202 = fadd fast <16 x float> %201, %198
  %203 = fsub fast <16 x float> %198, %201
  %204 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %178, <16 x float> <float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00>, <16 x float> %182)
  %205 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %174, <16 x float> <float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00>, <16 x float> %204)
  %206 = fmul fast <16 x float> %172, <float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00>
  %207 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %176, <16 x float> <float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00>, <16 x float> %206)
  %208 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %180, <16 x float> <float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01>, <16 x float> %207)
  %209 = fadd fast <16 x float> %208, %205
  %210 = fsub fast <16 x float> %205, %208
  store <16 x float> %187, ptr %29, align 1
  store <16 x float> %195, ptr %30, align 1
  store <16 x float> %196, ptr %31, align 1
  store <16 x float> %202, ptr %32, align 1
  store <16 x float> %203, ptr %33, align 1
  store <16 x float> %209, ptr %34, align 1
  store <16 x float> %210, ptr %35, align 1
  store <16 x float> %190, ptr %36, align 1
  %211 = getelementptr inbounds float, ptr %72, i64 %77
  %212 = load <16 x float>, ptr %211, align 1
  %213 = getelementptr inbounds float, ptr %72, i64 %84
  %214 = load <16 x float>, ptr %213, align 1
  %215 = getelementptr inbounds float, ptr %72, i64 %83
  %216 = load <16 x float>, ptr %215, align 1
  %217 = getelementptr inbounds float, ptr %72, i64 %82
  %218 = load <16 x float>, ptr %217, align 1
  %219 = getelementptr inbounds float, ptr %72, i64 %81
  %220 = load <16 x float>, ptr %219, align 1
  %221 = getelementptr inbounds float, ptr %72, i64 %80
  %222 = load <16 x float>, ptr %221, align 1
  %223 = getelementptr inbounds float, ptr %72, i64 %79
  %224 = load <16 x float>, ptr %223, align 1
  %225 = getelementptr inbounds float, ptr %72, i64 %78
  %226 = load <16 x float>, ptr %225, align 1
  %227 = fsub fast <16 x float> %220, %216
  %228 = fsub fast <16 x float> %212, %224
  %229 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %227, <16 x float> <float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00>, <16 x float> %228)
  %230 = fsub fast <16 x float> %218, %222
  %231 = fsub fast <16 x float> %226, %214
  %232 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %230, <16 x float> <float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00>, <16 x float> %231)
  %233 = fadd fast <16 x float> %224, %216
  %234 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %220, <16 x float> <float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00>, <16 x float> %233)
  %235 = fadd fast <16 x float> %214, %222
  %236 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %218, <16 x float> <float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00>, <16 x float> %235)
  %237 = fadd fast <16 x float> %236, %234
  %238 = fsub fast <16 x float> %234, %236
  %239 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %216, <16 x float> <float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01>, <16 x float> %224)
  %240 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %220, <16 x float> <float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00>, <16 x float> %239)
  %241 = fmul fast <16 x float> %222, <float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00>
  %242 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %218, <16 x float> <float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00>, <16 x float> %241)
  %243 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %214, <16 x float> <float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01>, <16 x float> %242)
  %244 = fadd fast <16 x float> %243, %240
  %245 = fsub fast <16 x float> %240, %243
  %246 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %220, <16 x float> <float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00>, <16 x float> %224)
  %247 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %216, <16 x float> <float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00>, <16 x float> %246)
  %248 = fmul fast <16 x float> %214, <float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00>
  %249 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %218, <16 x float> <float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00>, <16 x float> %248)
  %250 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %222, <16 x float> <float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01>, <16 x float> %249)
  %251 = fadd fast <16 x float> %250, %247
  %252 = fsub fast <16 x float> %247, %250
  store <16 x float> %229, ptr %37, align 1
  store <16 x float> %237, ptr %38, align 1
  store <16 x float> %238, ptr %39, align 1
  store <16 x float> %244, ptr %40, align 1
  store <16 x float> %245, ptr %41, align 1
  store <16 x float> %251, ptr %42, align 1
  store <16 x float> %252, ptr %43, align 1
  store <16 x float> %232, ptr %44, align 1
  %253 = getelementptr inbounds float, ptr %73, i64 %77
  %254 = load <16 x float>, ptr %253, align 1
  %255 = getelementptr inbounds float, ptr %73, i64 %84
  %256 = load <16 x float>, ptr %255, align 1
  %257 = getelementptr inbounds float, ptr %73, i64 %83
  %258 = load <16 x float>, ptr %257, align 1
  %259 = getelementptr inbounds float, ptr %73, i64 %82
  %260 = load <16 x float>, ptr %259, align 1
  %261 = getelementptr inbounds float, ptr %73, i64 %81
  %262 = load <16 x float>, ptr %261, align 1
  %263 = getelementptr inbounds float, ptr %73, i64 %80
  %264 = load <16 x float>, ptr %263, align 1
  %265 = getelementptr inbounds float, ptr %73, i64 %79
  %266 = load <16 x float>, ptr %265, align 1
  %267 = getelementptr inbounds float, ptr %73, i64 %78
  %268 = load <16 x float>, ptr %267, align 1
  %269 = fsub fast <16 x float> %262, %258
  %270 = fsub fast <16 x float> %254, %266
  %271 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %269, <16 x float> <float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00>, <16 x float> %270)
  %272 = fsub fast <16 x float> %260, %264
  %273 = fsub fast <16 x float> %268, %256
  %274 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %272, <16 x float> <float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00>, <16 x float> %273)
  %275 = fadd fast <16 x float> %266, %258
  %276 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %262, <16 x float> <float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00>, <16 x float> %275)
  %277 = fadd fast <16 x float> %256, %264
  %278 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %260, <16 x float> <float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00>, <16 x float> %277)
  %279 = fadd fast <16 x float> %278, %276
  %280 = fsub fast <16 x float> %276, %278
  %281 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %258, <16 x float> <float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01>, <16 x float> %266)
  %282 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %262, <16 x float> <float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00>, <16 x float> %281)
  %283 = fmul fast <16 x float> %264, <float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00>
  %284 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %260, <16 x float> <float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00>, <16 x float> %283)
  %285 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %256, <16 x float> <float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01>, <16 x float> %284)
  %286 = fadd fast <16 x float> %285, %282
  %287 = fsub fast <16 x float> %282, %285
  %288 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %262, <16 x float> <float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00>, <16 x float> %266)
  %289 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %258, <16 x float> <float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00>, <16 x float> %288)
  %290 = fmul fast <16 x float> %256, <float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00>
  %291 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %260, <16 x float> <float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00>, <16 x float> %290)
  %292 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %264, <16 x float> <float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01>, <16 x float> %291)
  %293 = fadd fast <16 x float> %292, %289
  %294 = fsub fast <16 x float> %289, %292
  store <16 x float> %271, ptr %45, align 1
  store <16 x float> %279, ptr %46, align 1
  store <16 x float> %280, ptr %47, align 1
  store <16 x float> %286, ptr %48, align 1
  store <16 x float> %287, ptr %49, align 1
  store <16 x float> %293, ptr %50, align 1
  store <16 x float> %294, ptr %51, align 1
  store <16 x float> %274, ptr %52, align 1
  %295 = getelementptr inbounds float, ptr %74, i64 %77
  %296 = load <16 x float>, ptr %295, align 1
  %297 = getelementptr inbounds float, ptr %74, i64 %84
  %298 = load <16 x float>, ptr %297, align 1
  %299 = getelementptr inbounds float, ptr %74, i64 %83
  %300 = load <16 x float>, ptr %299, align 1
  %301 = getelementptr inbounds float, ptr %74, i64 %82
  %302 = load <16 x float>, ptr %301, align 1
  %303 = getelementptr inbounds float, ptr %74, i64 %81
  %304 = load <16 x float>, ptr %303, align 1
  %305 = getelementptr inbounds float, ptr %74, i64 %80
  %306 = load <16 x float>, ptr %305, align 1
  %307 = getelementptr inbounds float, ptr %74, i64 %79
  %308 = load <16 x float>, ptr %307, align 1
  %309 = getelementptr inbounds float, ptr %74, i64 %78
  %310 = load <16 x float>, ptr %309, align 1
  %311 = fsub fast <16 x float> %304, %300
  %312 = fsub fast <16 x float> %296, %308
  %313 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %311, <16 x float> <float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00>, <16 x float> %312)
  %314 = fsub fast <16 x float> %302, %306
  %315 = fsub fast <16 x float> %310, %298
  %316 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %314, <16 x float> <float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00, float 5.250000e+00>, <16 x float> %315)
  %317 = fadd fast <16 x float> %308, %300
  %318 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %304, <16 x float> <float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00>, <16 x float> %317)
  %319 = fadd fast <16 x float> %298, %306
  %320 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %302, <16 x float> <float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00, float -4.250000e+00>, <16 x float> %319)
  %321 = fadd fast <16 x float> %320, %318
  %322 = fsub fast <16 x float> %318, %320
  %323 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %300, <16 x float> <float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01, float 2.500000e-01>, <16 x float> %308)
  %324 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %304, <16 x float> <float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00, float -1.250000e+00>, <16 x float> %323)
  %325 = fmul fast <16 x float> %306, <float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00>
  %326 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %302, <16 x float> <float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00>, <16 x float> %325)
  %327 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %298, <16 x float> <float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01>, <16 x float> %326)
  %328 = fadd fast <16 x float> %327, %324
  %329 = fsub fast <16 x float> %324, %327
  %330 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %304, <16 x float> <float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00, float -5.000000e+00>, <16 x float> %308)
  %331 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %300, <16 x float> <float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00>, <16 x float> %330)
  %332 = fmul fast <16 x float> %298, <float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00>
  %333 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %302, <16 x float> <float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00, float -2.500000e+00>, <16 x float> %332)
  %334 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %306, <16 x float> <float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01, float 5.000000e-01>, <16 x float> %333)
  %335 = fadd fast <16 x float> %334, %331
  %336 = fsub fast <16 x float> %331, %334
  store <16 x float> %313, ptr %53, align 1
  store <16 x float> %321, ptr %54, align 1
  store <16 x float> %322, ptr %55, align 1
  store <16 x float> %328, ptr %56, align 1
  store <16 x float> %329, ptr %57, align 1
  store <16 x float> %335, ptr %58, align 1
  store <16 x float> %336, ptr %59, align 1
  store <16 x float> %316, ptr %60, align 1
  br label %342

337:
  %338 = add nsw i64 %63, 1
  %339 = icmp eq i64 %338, %2
  br i1 %339, label %61, label %62

340:
  %341 = shl nuw nsw i64 %76, 5
  br label %578

342:
  %343 = phi i64 [ %357, %344 ], [ 0, %75 ]
  br label %359

344:
  %345 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 %343, i64 0
  store <16 x float> %541, ptr %345, align 1
  %346 = getelementptr inbounds i8, ptr %345, i64 64
  store <16 x float> %542, ptr %346, align 1
  %347 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 %343, i64 1
  store <16 x float> %547, ptr %347, align 1
  %348 = getelementptr inbounds i8, ptr %347, i64 64
  store <16 x float> %548, ptr %348, align 1
  %349 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 %343, i64 2
  store <16 x float> %553, ptr %349, align 1
  %350 = getelementptr inbounds i8, ptr %349, i64 64
  store <16 x float> %554, ptr %350, align 1
  %351 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 %343, i64 3
  store <16 x float> %559, ptr %351, align 1
  %352 = getelementptr inbounds i8, ptr %351, i64 64
  store <16 x float> %560, ptr %352, align 1
  %353 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 %343, i64 4
  store <16 x float> %565, ptr %353, align 1
  %354 = getelementptr inbounds i8, ptr %353, i64 64
  store <16 x float> %566, ptr %354, align 1
  %355 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 %343, i64 5
  store <16 x float> %571, ptr %355, align 1
  %356 = getelementptr inbounds i8, ptr %355, i64 64
  store <16 x float> %572, ptr %356, align 1
  %357 = add nuw nsw i64 %343, 1
  %358 = icmp eq i64 %357, 8
  br i1 %358, label %340, label %342

359:
  %360 = phi nsz <16 x float> [ zeroinitializer, %342 ], [ %572, %359 ]
  %361 = phi nsz <16 x float> [ zeroinitializer, %342 ], [ %571, %359 ]
  %362 = phi nsz <16 x float> [ zeroinitializer, %342 ], [ %566, %359 ]
  %363 = phi nsz <16 x float> [ zeroinitializer, %342 ], [ %565, %359 ]
  %364 = phi nsz <16 x float> [ zeroinitializer, %342 ], [ %560, %359 ]
  %365 = phi nsz <16 x float> [ zeroinitializer, %342 ], [ %559, %359 ]
  %366 = phi nsz <16 x float> [ zeroinitializer, %342 ], [ %554, %359 ]
  %367 = phi nsz <16 x float> [ zeroinitializer, %342 ], [ %553, %359 ]
  %368 = phi nsz <16 x float> [ zeroinitializer, %342 ], [ %548, %359 ]
  %369 = phi nsz <16 x float> [ zeroinitializer, %342 ], [ %547, %359 ]
  %370 = phi nsz <16 x float> [ zeroinitializer, %342 ], [ %542, %359 ]
  %371 = phi nsz <16 x float> [ zeroinitializer, %342 ], [ %541, %359 ]
  %372 = phi i64 [ 0, %342 ], [ %573, %359 ]
  %373 = getelementptr inbounds [3 x [32 x float]], ptr %3, i64 %343, i64 %372, i64 0
  %374 = load <16 x float>, ptr %373, align 1
  %375 = getelementptr inbounds [3 x [32 x float]], ptr %3, i64 %343, i64 %372, i64 12
  %376 = load <16 x float>, ptr %375, align 1
  %377 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 0, i64 0
  %378 = load float, ptr %377, align 4
  %379 = insertelement <16 x float> poison, float %378, i64 0
  %380 = shufflevector <16 x float> %379, <16 x float> poison, <16 x i32> zeroinitializer
  %381 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %380, <16 x float> %374, <16 x float> %371)
  %382 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %380, <16 x float> %376, <16 x float> %370)
  %383 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 0, i64 1
  %384 = load float, ptr %383, align 4
  %385 = insertelement <16 x float> poison, float %384, i64 0
  %386 = shufflevector <16 x float> %385, <16 x float> poison, <16 x i32> zeroinitializer
  %387 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %386, <16 x float> %374, <16 x float> %369)
  %388 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %386, <16 x float> %376, <16 x float> %368)
  %389 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 0, i64 2
  %390 = load float, ptr %389, align 4
  %391 = insertelement <16 x float> poison, float %390, i64 0
  %392 = shufflevector <16 x float> %391, <16 x float> poison, <16 x i32> zeroinitializer
  %393 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %392, <16 x float> %374, <16 x float> %367)
  %394 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %392, <16 x float> %376, <16 x float> %366)
  %395 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 0, i64 3
  %396 = load float, ptr %395, align 4
  %397 = insertelement <16 x float> poison, float %396, i64 0
  %398 = shufflevector <16 x float> %397, <16 x float> poison, <16 x i32> zeroinitializer
  %399 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %398, <16 x float> %374, <16 x float> %365)
  %400 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %398, <16 x float> %376, <16 x float> %364)
  %401 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 0, i64 4
  %402 = load float, ptr %401, align 4
  %403 = insertelement <16 x float> poison, float %402, i64 0
  %404 = shufflevector <16 x float> %403, <16 x float> poison, <16 x i32> zeroinitializer
  %405 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %404, <16 x float> %374, <16 x float> %363)
  %406 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %404, <16 x float> %376, <16 x float> %362)
  %407 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 0, i64 5
  %408 = load float, ptr %407, align 4
  %409 = insertelement <16 x float> poison, float %408, i64 0
  %410 = shufflevector <16 x float> %409, <16 x float> poison, <16 x i32> zeroinitializer
  %411 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %410, <16 x float> %374, <16 x float> %361)
  %412 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %410, <16 x float> %376, <16 x float> %360)
  %413 = getelementptr inbounds [3 x [32 x float]], ptr %3, i64 %343, i64 %372, i64 1
  %414 = load <16 x float>, ptr %413, align 1
  %415 = getelementptr inbounds [3 x [32 x float]], ptr %3, i64 %343, i64 %372, i64 13
  %416 = load <16 x float>, ptr %415, align 1
  %417 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 1, i64 0
  %418 = load float, ptr %417, align 4
  %419 = insertelement <16 x float> poison, float %418, i64 0
  %420 = shufflevector <16 x float> %419, <16 x float> poison, <16 x i32> zeroinitializer
  %421 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %420, <16 x float> %414, <16 x float> %381)
  %422 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %420, <16 x float> %416, <16 x float> %382)
  %423 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 1, i64 1
  %424 = load float, ptr %423, align 4
  %425 = insertelement <16 x float> poison, float %424, i64 0
  %426 = shufflevector <16 x float> %425, <16 x float> poison, <16 x i32> zeroinitializer
  %427 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %426, <16 x float> %414, <16 x float> %387)
  %428 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %426, <16 x float> %416, <16 x float> %388)
  %429 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 1, i64 2
  %430 = load float, ptr %429, align 4
  %431 = insertelement <16 x float> poison, float %430, i64 0
  %432 = shufflevector <16 x float> %431, <16 x float> poison, <16 x i32> zeroinitializer
  %433 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %432, <16 x float> %414, <16 x float> %393)
  %434 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %432, <16 x float> %416, <16 x float> %394)
  %435 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 1, i64 3
  %436 = load float, ptr %435, align 4
  %437 = insertelement <16 x float> poison, float %436, i64 0
  %438 = shufflevector <16 x float> %437, <16 x float> poison, <16 x i32> zeroinitializer
  %439 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %438, <16 x float> %414, <16 x float> %399)
  %440 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %438, <16 x float> %416, <16 x float> %400)
  %441 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 1, i64 4
  %442 = load float, ptr %441, align 4
  %443 = insertelement <16 x float> poison, float %442, i64 0
  %444 = shufflevector <16 x float> %443, <16 x float> poison, <16 x i32> zeroinitializer
  %445 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %444, <16 x float> %414, <16 x float> %405)
  %446 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %444, <16 x float> %416, <16 x float> %406)
  %447 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 1, i64 5
  %448 = load float, ptr %447, align 4
  %449 = insertelement <16 x float> poison, float %448, i64 0
  %450 = shufflevector <16 x float> %449, <16 x float> poison, <16 x i32> zeroinitializer
  %451 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %450, <16 x float> %414, <16 x float> %411)
  %452 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %450, <16 x float> %416, <16 x float> %412)
  %453 = getelementptr inbounds [3 x [32 x float]], ptr %3, i64 %343, i64 %372, i64 2
  %454 = load <16 x float>, ptr %453, align 1
  %455 = getelementptr inbounds [3 x [32 x float]], ptr %3, i64 %343, i64 %372, i64 14
  %456 = load <16 x float>, ptr %455, align 1
  %457 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 2, i64 0
  %458 = load float, ptr %457, align 4
  %459 = insertelement <16 x float> poison, float %458, i64 0
  %460 = shufflevector <16 x float> %459, <16 x float> poison, <16 x i32> zeroinitializer
  %461 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %460, <16 x float> %454, <16 x float> %421)
  %462 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %460, <16 x float> %456, <16 x float> %422)
  %463 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 2, i64 1
  %464 = load float, ptr %463, align 4
  %465 = insertelement <16 x float> poison, float %464, i64 0
  %466 = shufflevector <16 x float> %465, <16 x float> poison, <16 x i32> zeroinitializer
  %467 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %466, <16 x float> %454, <16 x float> %427)
  %468 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %466, <16 x float> %456, <16 x float> %428)
  %469 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 2, i64 2
  %470 = load float, ptr %469, align 4
  %471 = insertelement <16 x float> poison, float %470, i64 0
  %472 = shufflevector <16 x float> %471, <16 x float> poison, <16 x i32> zeroinitializer
  %473 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %472, <16 x float> %454, <16 x float> %433)
  %474 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %472, <16 x float> %456, <16 x float> %434)
  %475 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 2, i64 3
  %476 = load float, ptr %475, align 4
  %477 = insertelement <16 x float> poison, float %476, i64 0
  %478 = shufflevector <16 x float> %477, <16 x float> poison, <16 x i32> zeroinitializer
  %479 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %478, <16 x float> %454, <16 x float> %439)
  %480 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %478, <16 x float> %456, <16 x float> %440)
  %481 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 2, i64 4
  %482 = load float, ptr %481, align 4
  %483 = insertelement <16 x float> poison, float %482, i64 0
  %484 = shufflevector <16 x float> %483, <16 x float> poison, <16 x i32> zeroinitializer
  %485 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %484, <16 x float> %454, <16 x float> %445)
  %486 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %484, <16 x float> %456, <16 x float> %446)
  %487 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 2, i64 5
  %488 = load float, ptr %487, align 4
  %489 = insertelement <16 x float> poison, float %488, i64 0
  %490 = shufflevector <16 x float> %489, <16 x float> poison, <16 x i32> zeroinitializer
  %491 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %490, <16 x float> %454, <16 x float> %451)
  %492 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %490, <16 x float> %456, <16 x float> %452)
  %493 = getelementptr inbounds [3 x [32 x float]], ptr %3, i64 %343, i64 %372, i64 3
  %494 = load <16 x float>, ptr %493, align 1
  %495 = getelementptr inbounds [3 x [32 x float]], ptr %3, i64 %343, i64 %372, i64 15
  %496 = load <16 x float>, ptr %495, align 1
  %497 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 3, i64 0
  %498 = load float, ptr %497, align 4
  %499 = insertelement <16 x float> poison, float %498, i64 0
  %500 = shufflevector <16 x float> %499, <16 x float> poison, <16 x i32> zeroinitializer
  %501 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %500, <16 x float> %494, <16 x float> %461)
  %502 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %500, <16 x float> %496, <16 x float> %462)
  %503 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 3, i64 1
  %504 = load float, ptr %503, align 4
  %505 = insertelement <16 x float> poison, float %504, i64 0
  %506 = shufflevector <16 x float> %505, <16 x float> poison, <16 x i32> zeroinitializer
  %507 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %506, <16 x float> %494, <16 x float> %467)
  %508 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %506, <16 x float> %496, <16 x float> %468)
  %509 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 3, i64 2
  %510 = load float, ptr %509, align 4
  %511 = insertelement <16 x float> poison, float %510, i64 0
  %512 = shufflevector <16 x float> %511, <16 x float> poison, <16 x i32> zeroinitializer
  %513 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %512, <16 x float> %494, <16 x float> %473)
  %514 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %512, <16 x float> %496, <16 x float> %474)
  %515 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 3, i64 3
  %516 = load float, ptr %515, align 4
  %517 = insertelement <16 x float> poison, float %516, i64 0
  %518 = shufflevector <16 x float> %517, <16 x float> poison, <16 x i32> zeroinitializer
  %519 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %518, <16 x float> %494, <16 x float> %479)
  %520 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %518, <16 x float> %496, <16 x float> %480)
  %521 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 3, i64 4
  %522 = load float, ptr %521, align 4
  %523 = insertelement <16 x float> poison, float %522, i64 0
  %524 = shufflevector <16 x float> %523, <16 x float> poison, <16 x i32> zeroinitializer
  %525 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %524, <16 x float> %494, <16 x float> %485)
  %526 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %524, <16 x float> %496, <16 x float> %486)
  %527 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 3, i64 5
  %528 = load float, ptr %527, align 4
  %529 = insertelement <16 x float> poison, float %528, i64 0
  %530 = shufflevector <16 x float> %529, <16 x float> poison, <16 x i32> zeroinitializer
  %531 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %530, <16 x float> %494, <16 x float> %491)
  %532 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %530, <16 x float> %496, <16 x float> %492)
  %533 = getelementptr inbounds [3 x [32 x float]], ptr %3, i64 %343, i64 %372, i64 4
  %534 = load <16 x float>, ptr %533, align 1
  %535 = getelementptr inbounds [3 x [32 x float]], ptr %3, i64 %343, i64 %372, i64 16
  %536 = load <16 x float>, ptr %535, align 1
  %537 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 4, i64 0
  %538 = load float, ptr %537, align 4
  %539 = insertelement <16 x float> poison, float %538, i64 0
  %540 = shufflevector <16 x float> %539, <16 x float> poison, <16 x i32> zeroinitializer
  %541 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %540, <16 x float> %534, <16 x float> %501)
  %542 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %540, <16 x float> %536, <16 x float> %502)
  %543 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 4, i64 1
  %544 = load float, ptr %543, align 4
  %545 = insertelement <16 x float> poison, float %544, i64 0
  %546 = shufflevector <16 x float> %545, <16 x float> poison, <16 x i32> zeroinitializer
  %547 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %546, <16 x float> %534, <16 x float> %507)
  %548 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %546, <16 x float> %536, <16 x float> %508)
  %549 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 4, i64 2
  %550 = load float, ptr %549, align 4
  %551 = insertelement <16 x float> poison, float %550, i64 0
  %552 = shufflevector <16 x float> %551, <16 x float> poison, <16 x i32> zeroinitializer
  %553 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %552, <16 x float> %534, <16 x float> %513)
  %554 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %552, <16 x float> %536, <16 x float> %514)
  %555 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 4, i64 3
  %556 = load float, ptr %555, align 4
  %557 = insertelement <16 x float> poison, float %556, i64 0
  %558 = shufflevector <16 x float> %557, <16 x float> poison, <16 x i32> zeroinitializer
  %559 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %558, <16 x float> %534, <16 x float> %519)
  %560 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %558, <16 x float> %536, <16 x float> %520)
  %561 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 4, i64 4
  %562 = load float, ptr %561, align 4
  %563 = insertelement <16 x float> poison, float %562, i64 0
  %564 = shufflevector <16 x float> %563, <16 x float> poison, <16 x i32> zeroinitializer
  %565 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %564, <16 x float> %534, <16 x float> %525)
  %566 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %564, <16 x float> %536, <16 x float> %526)
  %567 = getelementptr inbounds [3 x [5 x [8 x float]]], ptr %7, i64 %343, i64 %372, i64 4, i64 5
  %568 = load float, ptr %567, align 4
  %569 = insertelement <16 x float> poison, float %568, i64 0
  %570 = shufflevector <16 x float> %569, <16 x float> poison, <16 x i32> zeroinitializer
  %571 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %570, <16 x float> %534, <16 x float> %531)
  %572 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %570, <16 x float> %536, <16 x float> %532)
  %573 = add nuw nsw i64 %372, 1
  %574 = icmp eq i64 %573, 3
  br i1 %574, label %344, label %359

575:
  %576 = add nuw nsw i64 %76, 1
  %577 = icmp eq i64 %576, 7
  br i1 %577, label %337, label %75

578:
  %579 = phi i64 [ 0, %340 ], [ %669, %578 ]
  %580 = getelementptr inbounds float, ptr %9, i64 %579
  %581 = load float, ptr %580, align 4
  %582 = insertelement <16 x float> poison, float %581, i64 0
  %583 = shufflevector <16 x float> %582, <16 x float> poison, <16 x i32> zeroinitializer
  %584 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 0, i64 %579, i64 0
  %585 = load <16 x float>, ptr %584, align 1
  %586 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 1, i64 %579, i64 0
  %587 = load <16 x float>, ptr %586, align 1
  %588 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 2, i64 %579, i64 0
  %589 = load <16 x float>, ptr %588, align 1
  %590 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 3, i64 %579, i64 0
  %591 = load <16 x float>, ptr %590, align 1
  %592 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 4, i64 %579, i64 0
  %593 = load <16 x float>, ptr %592, align 1
  %594 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 5, i64 %579, i64 0
  %595 = load <16 x float>, ptr %594, align 1
  %596 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 6, i64 %579, i64 0
  %597 = load <16 x float>, ptr %596, align 1
  %598 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 7, i64 %579, i64 0
  %599 = load <16 x float>, ptr %598, align 1
  %600 = fadd fast <16 x float> %589, %587
  %601 = fsub fast <16 x float> %587, %589
  %602 = fadd fast <16 x float> %593, %591
  %603 = fsub fast <16 x float> %591, %593
  %604 = fadd fast <16 x float> %597, %595
  %605 = fsub fast <16 x float> %595, %597
  %606 = fadd fast <16 x float> %602, %600
  %607 = fadd fast <16 x float> %606, %585
  %608 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %604, <16 x float> <float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01>, <16 x float> %607)
  %609 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %603, <16 x float> <float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00>, <16 x float> %601)
  %610 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %605, <16 x float> <float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01>, <16 x float> %609)
  %611 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %602, <16 x float> <float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00>, <16 x float> %600)
  %612 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %604, <16 x float> <float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00>, <16 x float> %611)
  %613 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %603, <16 x float> <float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00>, <16 x float> %601)
  %614 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %605, <16 x float> <float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00>, <16 x float> %613)
  %615 = fadd fast <16 x float> %614, %599
  %616 = tail call fast <16 x float> @llvm.x86.avx512.max.ps.512(<16 x float> %608, <16 x float> %610, i32 4)
  %617 = fadd fast <16 x float> %583, %616
  %618 = tail call fast <16 x float> @llvm.x86.avx512.max.ps.512(<16 x float> %612, <16 x float> %615, i32 4)
  %619 = fadd fast <16 x float> %618, %583
  %620 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 0, i64 %579, i64 1
  %621 = load <16 x float>, ptr %620, align 1
  %622 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 1, i64 %579, i64 1
  %623 = load <16 x float>, ptr %622, align 1
  %624 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 2, i64 %579, i64 1
  %625 = load <16 x float>, ptr %624, align 1
  %626 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 3, i64 %579, i64 1
  %627 = load <16 x float>, ptr %626, align 1
  %628 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 4, i64 %579, i64 1
  %629 = load <16 x float>, ptr %628, align 1
  %630 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 5, i64 %579, i64 1
  %631 = load <16 x float>, ptr %630, align 1
  %632 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 6, i64 %579, i64 1
  %633 = load <16 x float>, ptr %632, align 1
  %634 = getelementptr inbounds [6 x [2 x [16 x float]]], ptr %5, i64 7, i64 %579, i64 1
  %635 = load <16 x float>, ptr %634, align 1
  %636 = fadd fast <16 x float> %625, %623
  %637 = fsub fast <16 x float> %623, %625
  %638 = fadd fast <16 x float> %629, %627
  %639 = fsub fast <16 x float> %627, %629
  %640 = fadd fast <16 x float> %633, %631
  %641 = fsub fast <16 x float> %631, %633
  %642 = fadd fast <16 x float> %638, %636
  %643 = fadd fast <16 x float> %642, %621
  %644 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %640, <16 x float> <float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01, float 3.200000e+01>, <16 x float> %643)
  %645 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %639, <16 x float> <float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00, float 2.000000e+00>, <16 x float> %637)
  %646 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %641, <16 x float> <float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01, float 1.600000e+01>, <16 x float> %645)
  %647 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %638, <16 x float> <float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00>, <16 x float> %636)
  %648 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %640, <16 x float> <float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00>, <16 x float> %647)
  %649 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %639, <16 x float> <float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00, float 8.000000e+00>, <16 x float> %637)
  %650 = tail call fast <16 x float> @llvm.fma.v16f32(<16 x float> %641, <16 x float> <float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00, float 4.000000e+00>, <16 x float> %649)
  %651 = fadd fast <16 x float> %650, %635
  %652 = tail call fast <16 x float> @llvm.x86.avx512.max.ps.512(<16 x float> %644, <16 x float> %646, i32 4)
  %653 = fadd fast <16 x float> %583, %652
  %654 = tail call fast <16 x float> @llvm.x86.avx512.max.ps.512(<16 x float> %648, <16 x float> %651, i32 4)
  %655 = fadd fast <16 x float> %654, %583
  %656 = mul nuw nsw i64 %579, 224
  %657 = add nuw nsw i64 %656, %341
  %658 = getelementptr inbounds float, ptr %69, i64 %657
  %659 = shufflevector <16 x float> %617, <16 x float> %653, <16 x i32> <i32 0, i32 2, i32 4, i32 6, i32 8, i32 10, i32 12, i32 14, i32 20, i32 22, i32 24, i32 26, i32 28, i32 30, i32 30, i32 30>
  %660 = shufflevector <16 x float> %617, <16 x float> %653, <16 x i32> <i32 1, i32 3, i32 5, i32 7, i32 9, i32 11, i32 13, i32 15, i32 21, i32 23, i32 25, i32 27, i32 29, i32 31, i32 31, i32 31>
  %661 = tail call fast <16 x float> @llvm.x86.avx512.max.ps.512(<16 x float> %659, <16 x float> %660, i32 4)
  %662 = tail call fast <16 x float> @llvm.x86.avx512.max.ps.512(<16 x float> %661, <16 x float> zeroinitializer, i32 4)
  store <16 x float> %662, ptr %658, align 1
  %663 = or disjoint i64 %657, 16
  %664 = getelementptr inbounds float, ptr %69, i64 %663
  %665 = shufflevector <16 x float> %619, <16 x float> %655, <16 x i32> <i32 0, i32 2, i32 4, i32 6, i32 8, i32 10, i32 12, i32 14, i32 20, i32 22, i32 24, i32 26, i32 28, i32 30, i32 30, i32 30>
  %666 = shufflevector <16 x float> %619, <16 x float> %655, <16 x i32> <i32 1, i32 3, i32 5, i32 7, i32 9, i32 11, i32 13, i32 15, i32 21, i32 23, i32 25, i32 27, i32 29, i32 31, i32 31, i32 31>
  %667 = tail call fast <16 x float> @llvm.x86.avx512.max.ps.512(<16 x float> %665, <16 x float> %666, i32 4)
  %668 = tail call fast <16 x float> @llvm.x86.avx512.max.ps.512(<16 x float> %667, <16 x float> zeroinitializer, i32 4)
  store <16 x float> %668, ptr %664, align 1
  %669 = add nuw nsw i64 %579, 1
  %670 = icmp eq i64 %669, 6
  br i1 %670, label %575, label %578
}

declare <16 x float> @llvm.fma.v16f32(<16 x float>, <16 x float>, <16 x float>)

declare <16 x float> @llvm.x86.avx512.max.ps.512(<16 x float>, <16 x float>, i32 immarg)

