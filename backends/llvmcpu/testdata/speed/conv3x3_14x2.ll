; The reference for TestSpeedOfConv3x3: a direct 3x3 convolution, 64 to 64 channels at 56x56, as a register tile of 14 pixels
; by 32 channels, emitted by a program written for this one kernel. args: input, weights, bias, output.
target triple = "x86_64-unknown-linux-gnu"

declare <16 x float> @llvm.fma.v16f32(<16 x float> %0, <16 x float> %1, <16 x float> %2)

define void @conv3x3_14x2(i8** noalias %args, i64 %lo, i64 %hi) nounwind noredzone align 64 {
entry:
	%0 = getelementptr i8*, i8** %args, i64 0
	%1 = load i8*, i8** %0
	%2 = bitcast i8* %1 to float*
	%3 = getelementptr i8*, i8** %args, i64 1
	%4 = load i8*, i8** %3
	%5 = bitcast i8* %4 to float*
	%6 = getelementptr i8*, i8** %args, i64 2
	%7 = load i8*, i8** %6
	%8 = bitcast i8* %7 to float*
	%9 = getelementptr i8*, i8** %args, i64 3
	%10 = load i8*, i8** %9
	%11 = bitcast i8* %10 to float*
	br label %chunk1

chunk1:
	%12 = phi i64 [ %lo, %entry ], [ %27, %xx4 ]
	%13 = sdiv i64 %12, 56
	%14 = mul i64 %13, 56
	%15 = sub i64 %12, %14
	br label %x3

chunkx2:
	ret void

x3:
	%16 = phi i64 [ 0, %chunk1 ], [ %338, %icx6 ]
	%17 = mul i64 %13, 32
	%18 = add i64 %17, 0
	%19 = getelementptr float, float* %8, i64 %18
	%20 = bitcast float* %19 to <16 x float>*
	%21 = load <16 x float>, <16 x float>* %20, align 64
	%22 = mul i64 %13, 32
	%23 = add i64 %22, 16
	%24 = getelementptr float, float* %8, i64 %23
	%25 = bitcast float* %24 to <16 x float>*
	%26 = load <16 x float>, <16 x float>* %25, align 64
	br label %ic5

xx4:
	%27 = add i64 %12, 1
	%28 = icmp slt i64 %27, %hi
	br i1 %28, label %chunk1, label %chunkx2

ic5:
	%29 = phi i64 [ 0, %x3 ], [ %382, %khx8 ]
	%30 = phi <16 x float> [ %21, %x3 ], [ %426, %khx8 ]
	%31 = phi <16 x float> [ %21, %x3 ], [ %432, %khx8 ]
	%32 = phi <16 x float> [ %21, %x3 ], [ %438, %khx8 ]
	%33 = phi <16 x float> [ %21, %x3 ], [ %444, %khx8 ]
	%34 = phi <16 x float> [ %21, %x3 ], [ %450, %khx8 ]
	%35 = phi <16 x float> [ %21, %x3 ], [ %456, %khx8 ]
	%36 = phi <16 x float> [ %21, %x3 ], [ %462, %khx8 ]
	%37 = phi <16 x float> [ %21, %x3 ], [ %468, %khx8 ]
	%38 = phi <16 x float> [ %21, %x3 ], [ %474, %khx8 ]
	%39 = phi <16 x float> [ %21, %x3 ], [ %480, %khx8 ]
	%40 = phi <16 x float> [ %21, %x3 ], [ %486, %khx8 ]
	%41 = phi <16 x float> [ %21, %x3 ], [ %492, %khx8 ]
	%42 = phi <16 x float> [ %21, %x3 ], [ %498, %khx8 ]
	%43 = phi <16 x float> [ %21, %x3 ], [ %504, %khx8 ]
	%44 = phi <16 x float> [ %26, %x3 ], [ %427, %khx8 ]
	%45 = phi <16 x float> [ %26, %x3 ], [ %433, %khx8 ]
	%46 = phi <16 x float> [ %26, %x3 ], [ %439, %khx8 ]
	%47 = phi <16 x float> [ %26, %x3 ], [ %445, %khx8 ]
	%48 = phi <16 x float> [ %26, %x3 ], [ %451, %khx8 ]
	%49 = phi <16 x float> [ %26, %x3 ], [ %457, %khx8 ]
	%50 = phi <16 x float> [ %26, %x3 ], [ %463, %khx8 ]
	%51 = phi <16 x float> [ %26, %x3 ], [ %469, %khx8 ]
	%52 = phi <16 x float> [ %26, %x3 ], [ %475, %khx8 ]
	%53 = phi <16 x float> [ %26, %x3 ], [ %481, %khx8 ]
	%54 = phi <16 x float> [ %26, %x3 ], [ %487, %khx8 ]
	%55 = phi <16 x float> [ %26, %x3 ], [ %493, %khx8 ]
	%56 = phi <16 x float> [ %26, %x3 ], [ %499, %khx8 ]
	%57 = phi <16 x float> [ %26, %x3 ], [ %505, %khx8 ]
	br label %kh7

icx6:
	%58 = fcmp ogt <16 x float> %426, zeroinitializer
	%59 = select <16 x i1> %58, <16 x float> %426, <16 x float> zeroinitializer
	%60 = mul i64 %13, 100352
	%61 = mul i64 %15, 896
	%62 = add i64 %60, %61
	%63 = mul i64 %16, 16
	%64 = add i64 %62, %63
	%65 = add i64 %64, 0
	%66 = getelementptr float, float* %11, i64 %65
	%67 = bitcast float* %66 to <16 x float>*
	store <16 x float> %59, <16 x float>* %67, align 64
	%68 = fcmp ogt <16 x float> %432, zeroinitializer
	%69 = select <16 x i1> %68, <16 x float> %432, <16 x float> zeroinitializer
	%70 = mul i64 %13, 100352
	%71 = mul i64 %15, 896
	%72 = add i64 %70, %71
	%73 = mul i64 %16, 16
	%74 = add i64 %72, %73
	%75 = add i64 %74, 16
	%76 = getelementptr float, float* %11, i64 %75
	%77 = bitcast float* %76 to <16 x float>*
	store <16 x float> %69, <16 x float>* %77, align 64
	%78 = fcmp ogt <16 x float> %438, zeroinitializer
	%79 = select <16 x i1> %78, <16 x float> %438, <16 x float> zeroinitializer
	%80 = mul i64 %13, 100352
	%81 = mul i64 %15, 896
	%82 = add i64 %80, %81
	%83 = mul i64 %16, 16
	%84 = add i64 %82, %83
	%85 = add i64 %84, 32
	%86 = getelementptr float, float* %11, i64 %85
	%87 = bitcast float* %86 to <16 x float>*
	store <16 x float> %79, <16 x float>* %87, align 64
	%88 = fcmp ogt <16 x float> %444, zeroinitializer
	%89 = select <16 x i1> %88, <16 x float> %444, <16 x float> zeroinitializer
	%90 = mul i64 %13, 100352
	%91 = mul i64 %15, 896
	%92 = add i64 %90, %91
	%93 = mul i64 %16, 16
	%94 = add i64 %92, %93
	%95 = add i64 %94, 48
	%96 = getelementptr float, float* %11, i64 %95
	%97 = bitcast float* %96 to <16 x float>*
	store <16 x float> %89, <16 x float>* %97, align 64
	%98 = fcmp ogt <16 x float> %450, zeroinitializer
	%99 = select <16 x i1> %98, <16 x float> %450, <16 x float> zeroinitializer
	%100 = mul i64 %13, 100352
	%101 = mul i64 %15, 896
	%102 = add i64 %100, %101
	%103 = mul i64 %16, 16
	%104 = add i64 %102, %103
	%105 = add i64 %104, 64
	%106 = getelementptr float, float* %11, i64 %105
	%107 = bitcast float* %106 to <16 x float>*
	store <16 x float> %99, <16 x float>* %107, align 64
	%108 = fcmp ogt <16 x float> %456, zeroinitializer
	%109 = select <16 x i1> %108, <16 x float> %456, <16 x float> zeroinitializer
	%110 = mul i64 %13, 100352
	%111 = mul i64 %15, 896
	%112 = add i64 %110, %111
	%113 = mul i64 %16, 16
	%114 = add i64 %112, %113
	%115 = add i64 %114, 80
	%116 = getelementptr float, float* %11, i64 %115
	%117 = bitcast float* %116 to <16 x float>*
	store <16 x float> %109, <16 x float>* %117, align 64
	%118 = fcmp ogt <16 x float> %462, zeroinitializer
	%119 = select <16 x i1> %118, <16 x float> %462, <16 x float> zeroinitializer
	%120 = mul i64 %13, 100352
	%121 = mul i64 %15, 896
	%122 = add i64 %120, %121
	%123 = mul i64 %16, 16
	%124 = add i64 %122, %123
	%125 = add i64 %124, 96
	%126 = getelementptr float, float* %11, i64 %125
	%127 = bitcast float* %126 to <16 x float>*
	store <16 x float> %119, <16 x float>* %127, align 64
	%128 = fcmp ogt <16 x float> %468, zeroinitializer
	%129 = select <16 x i1> %128, <16 x float> %468, <16 x float> zeroinitializer
	%130 = mul i64 %13, 100352
	%131 = mul i64 %15, 896
	%132 = add i64 %130, %131
	%133 = mul i64 %16, 16
	%134 = add i64 %132, %133
	%135 = add i64 %134, 112
	%136 = getelementptr float, float* %11, i64 %135
	%137 = bitcast float* %136 to <16 x float>*
	store <16 x float> %129, <16 x float>* %137, align 64
	%138 = fcmp ogt <16 x float> %474, zeroinitializer
	%139 = select <16 x i1> %138, <16 x float> %474, <16 x float> zeroinitializer
	%140 = mul i64 %13, 100352
	%141 = mul i64 %15, 896
	%142 = add i64 %140, %141
	%143 = mul i64 %16, 16
	%144 = add i64 %142, %143
	%145 = add i64 %144, 128
	%146 = getelementptr float, float* %11, i64 %145
	%147 = bitcast float* %146 to <16 x float>*
	store <16 x float> %139, <16 x float>* %147, align 64
	%148 = fcmp ogt <16 x float> %480, zeroinitializer
	%149 = select <16 x i1> %148, <16 x float> %480, <16 x float> zeroinitializer
	%150 = mul i64 %13, 100352
	%151 = mul i64 %15, 896
	%152 = add i64 %150, %151
	%153 = mul i64 %16, 16
	%154 = add i64 %152, %153
	%155 = add i64 %154, 144
	%156 = getelementptr float, float* %11, i64 %155
	%157 = bitcast float* %156 to <16 x float>*
	store <16 x float> %149, <16 x float>* %157, align 64
	%158 = fcmp ogt <16 x float> %486, zeroinitializer
	%159 = select <16 x i1> %158, <16 x float> %486, <16 x float> zeroinitializer
	%160 = mul i64 %13, 100352
	%161 = mul i64 %15, 896
	%162 = add i64 %160, %161
	%163 = mul i64 %16, 16
	%164 = add i64 %162, %163
	%165 = add i64 %164, 160
	%166 = getelementptr float, float* %11, i64 %165
	%167 = bitcast float* %166 to <16 x float>*
	store <16 x float> %159, <16 x float>* %167, align 64
	%168 = fcmp ogt <16 x float> %492, zeroinitializer
	%169 = select <16 x i1> %168, <16 x float> %492, <16 x float> zeroinitializer
	%170 = mul i64 %13, 100352
	%171 = mul i64 %15, 896
	%172 = add i64 %170, %171
	%173 = mul i64 %16, 16
	%174 = add i64 %172, %173
	%175 = add i64 %174, 176
	%176 = getelementptr float, float* %11, i64 %175
	%177 = bitcast float* %176 to <16 x float>*
	store <16 x float> %169, <16 x float>* %177, align 64
	%178 = fcmp ogt <16 x float> %498, zeroinitializer
	%179 = select <16 x i1> %178, <16 x float> %498, <16 x float> zeroinitializer
	%180 = mul i64 %13, 100352
	%181 = mul i64 %15, 896
	%182 = add i64 %180, %181
	%183 = mul i64 %16, 16
	%184 = add i64 %182, %183
	%185 = add i64 %184, 192
	%186 = getelementptr float, float* %11, i64 %185
	%187 = bitcast float* %186 to <16 x float>*
	store <16 x float> %179, <16 x float>* %187, align 64
	%188 = fcmp ogt <16 x float> %504, zeroinitializer
	%189 = select <16 x i1> %188, <16 x float> %504, <16 x float> zeroinitializer
	%190 = mul i64 %13, 100352
	%191 = mul i64 %15, 896
	%192 = add i64 %190, %191
	%193 = mul i64 %16, 16
	%194 = add i64 %192, %193
	%195 = add i64 %194, 208
	%196 = getelementptr float, float* %11, i64 %195
	%197 = bitcast float* %196 to <16 x float>*
	store <16 x float> %189, <16 x float>* %197, align 64
	%198 = fcmp ogt <16 x float> %427, zeroinitializer
	%199 = select <16 x i1> %198, <16 x float> %427, <16 x float> zeroinitializer
	%200 = mul i64 %13, 100352
	%201 = mul i64 %15, 896
	%202 = add i64 %200, %201
	%203 = mul i64 %16, 16
	%204 = add i64 %202, %203
	%205 = add i64 %204, 50176
	%206 = getelementptr float, float* %11, i64 %205
	%207 = bitcast float* %206 to <16 x float>*
	store <16 x float> %199, <16 x float>* %207, align 64
	%208 = fcmp ogt <16 x float> %433, zeroinitializer
	%209 = select <16 x i1> %208, <16 x float> %433, <16 x float> zeroinitializer
	%210 = mul i64 %13, 100352
	%211 = mul i64 %15, 896
	%212 = add i64 %210, %211
	%213 = mul i64 %16, 16
	%214 = add i64 %212, %213
	%215 = add i64 %214, 50192
	%216 = getelementptr float, float* %11, i64 %215
	%217 = bitcast float* %216 to <16 x float>*
	store <16 x float> %209, <16 x float>* %217, align 64
	%218 = fcmp ogt <16 x float> %439, zeroinitializer
	%219 = select <16 x i1> %218, <16 x float> %439, <16 x float> zeroinitializer
	%220 = mul i64 %13, 100352
	%221 = mul i64 %15, 896
	%222 = add i64 %220, %221
	%223 = mul i64 %16, 16
	%224 = add i64 %222, %223
	%225 = add i64 %224, 50208
	%226 = getelementptr float, float* %11, i64 %225
	%227 = bitcast float* %226 to <16 x float>*
	store <16 x float> %219, <16 x float>* %227, align 64
	%228 = fcmp ogt <16 x float> %445, zeroinitializer
	%229 = select <16 x i1> %228, <16 x float> %445, <16 x float> zeroinitializer
	%230 = mul i64 %13, 100352
	%231 = mul i64 %15, 896
	%232 = add i64 %230, %231
	%233 = mul i64 %16, 16
	%234 = add i64 %232, %233
	%235 = add i64 %234, 50224
	%236 = getelementptr float, float* %11, i64 %235
	%237 = bitcast float* %236 to <16 x float>*
	store <16 x float> %229, <16 x float>* %237, align 64
	%238 = fcmp ogt <16 x float> %451, zeroinitializer
	%239 = select <16 x i1> %238, <16 x float> %451, <16 x float> zeroinitializer
	%240 = mul i64 %13, 100352
	%241 = mul i64 %15, 896
	%242 = add i64 %240, %241
	%243 = mul i64 %16, 16
	%244 = add i64 %242, %243
	%245 = add i64 %244, 50240
	%246 = getelementptr float, float* %11, i64 %245
	%247 = bitcast float* %246 to <16 x float>*
	store <16 x float> %239, <16 x float>* %247, align 64
	%248 = fcmp ogt <16 x float> %457, zeroinitializer
	%249 = select <16 x i1> %248, <16 x float> %457, <16 x float> zeroinitializer
	%250 = mul i64 %13, 100352
	%251 = mul i64 %15, 896
	%252 = add i64 %250, %251
	%253 = mul i64 %16, 16
	%254 = add i64 %252, %253
	%255 = add i64 %254, 50256
	%256 = getelementptr float, float* %11, i64 %255
	%257 = bitcast float* %256 to <16 x float>*
	store <16 x float> %249, <16 x float>* %257, align 64
	%258 = fcmp ogt <16 x float> %463, zeroinitializer
	%259 = select <16 x i1> %258, <16 x float> %463, <16 x float> zeroinitializer
	%260 = mul i64 %13, 100352
	%261 = mul i64 %15, 896
	%262 = add i64 %260, %261
	%263 = mul i64 %16, 16
	%264 = add i64 %262, %263
	%265 = add i64 %264, 50272
	%266 = getelementptr float, float* %11, i64 %265
	%267 = bitcast float* %266 to <16 x float>*
	store <16 x float> %259, <16 x float>* %267, align 64
	%268 = fcmp ogt <16 x float> %469, zeroinitializer
	%269 = select <16 x i1> %268, <16 x float> %469, <16 x float> zeroinitializer
	%270 = mul i64 %13, 100352
	%271 = mul i64 %15, 896
	%272 = add i64 %270, %271
	%273 = mul i64 %16, 16
	%274 = add i64 %272, %273
	%275 = add i64 %274, 50288
	%276 = getelementptr float, float* %11, i64 %275
	%277 = bitcast float* %276 to <16 x float>*
	store <16 x float> %269, <16 x float>* %277, align 64
	%278 = fcmp ogt <16 x float> %475, zeroinitializer
	%279 = select <16 x i1> %278, <16 x float> %475, <16 x float> zeroinitializer
	%280 = mul i64 %13, 100352
	%281 = mul i64 %15, 896
	%282 = add i64 %280, %281
	%283 = mul i64 %16, 16
	%284 = add i64 %282, %283
	%285 = add i64 %284, 50304
	%286 = getelementptr float, float* %11, i64 %285
	%287 = bitcast float* %286 to <16 x float>*
	store <16 x float> %279, <16 x float>* %287, align 64
	%288 = fcmp ogt <16 x float> %481, zeroinitializer
	%289 = select <16 x i1> %288, <16 x float> %481, <16 x float> zeroinitializer
	%290 = mul i64 %13, 100352
	%291 = mul i64 %15, 896
	%292 = add i64 %290, %291
	%293 = mul i64 %16, 16
	%294 = add i64 %292, %293
	%295 = add i64 %294, 50320
	%296 = getelementptr float, float* %11, i64 %295
	%297 = bitcast float* %296 to <16 x float>*
	store <16 x float> %289, <16 x float>* %297, align 64
	%298 = fcmp ogt <16 x float> %487, zeroinitializer
	%299 = select <16 x i1> %298, <16 x float> %487, <16 x float> zeroinitializer
	%300 = mul i64 %13, 100352
	%301 = mul i64 %15, 896
	%302 = add i64 %300, %301
	%303 = mul i64 %16, 16
	%304 = add i64 %302, %303
	%305 = add i64 %304, 50336
	%306 = getelementptr float, float* %11, i64 %305
	%307 = bitcast float* %306 to <16 x float>*
	store <16 x float> %299, <16 x float>* %307, align 64
	%308 = fcmp ogt <16 x float> %493, zeroinitializer
	%309 = select <16 x i1> %308, <16 x float> %493, <16 x float> zeroinitializer
	%310 = mul i64 %13, 100352
	%311 = mul i64 %15, 896
	%312 = add i64 %310, %311
	%313 = mul i64 %16, 16
	%314 = add i64 %312, %313
	%315 = add i64 %314, 50352
	%316 = getelementptr float, float* %11, i64 %315
	%317 = bitcast float* %316 to <16 x float>*
	store <16 x float> %309, <16 x float>* %317, align 64
	%318 = fcmp ogt <16 x float> %499, zeroinitializer
	%319 = select <16 x i1> %318, <16 x float> %499, <16 x float> zeroinitializer
	%320 = mul i64 %13, 100352
	%321 = mul i64 %15, 896
	%322 = add i64 %320, %321
	%323 = mul i64 %16, 16
	%324 = add i64 %322, %323
	%325 = add i64 %324, 50368
	%326 = getelementptr float, float* %11, i64 %325
	%327 = bitcast float* %326 to <16 x float>*
	store <16 x float> %319, <16 x float>* %327, align 64
	%328 = fcmp ogt <16 x float> %505, zeroinitializer
	%329 = select <16 x i1> %328, <16 x float> %505, <16 x float> zeroinitializer
	%330 = mul i64 %13, 100352
	%331 = mul i64 %15, 896
	%332 = add i64 %330, %331
	%333 = mul i64 %16, 16
	%334 = add i64 %332, %333
	%335 = add i64 %334, 50384
	%336 = getelementptr float, float* %11, i64 %335
	%337 = bitcast float* %336 to <16 x float>*
	store <16 x float> %329, <16 x float>* %337, align 64
	%338 = add i64 %16, 14
	%339 = icmp slt i64 %338, 56
	br i1 %339, label %x3, label %xx4

kh7:
	%340 = phi i64 [ 0, %ic5 ], [ %508, %kx10 ]
	%341 = phi <16 x float> [ %30, %ic5 ], [ %426, %kx10 ]
	%342 = phi <16 x float> [ %31, %ic5 ], [ %432, %kx10 ]
	%343 = phi <16 x float> [ %32, %ic5 ], [ %438, %kx10 ]
	%344 = phi <16 x float> [ %33, %ic5 ], [ %444, %kx10 ]
	%345 = phi <16 x float> [ %34, %ic5 ], [ %450, %kx10 ]
	%346 = phi <16 x float> [ %35, %ic5 ], [ %456, %kx10 ]
	%347 = phi <16 x float> [ %36, %ic5 ], [ %462, %kx10 ]
	%348 = phi <16 x float> [ %37, %ic5 ], [ %468, %kx10 ]
	%349 = phi <16 x float> [ %38, %ic5 ], [ %474, %kx10 ]
	%350 = phi <16 x float> [ %39, %ic5 ], [ %480, %kx10 ]
	%351 = phi <16 x float> [ %40, %ic5 ], [ %486, %kx10 ]
	%352 = phi <16 x float> [ %41, %ic5 ], [ %492, %kx10 ]
	%353 = phi <16 x float> [ %42, %ic5 ], [ %498, %kx10 ]
	%354 = phi <16 x float> [ %43, %ic5 ], [ %504, %kx10 ]
	%355 = phi <16 x float> [ %44, %ic5 ], [ %427, %kx10 ]
	%356 = phi <16 x float> [ %45, %ic5 ], [ %433, %kx10 ]
	%357 = phi <16 x float> [ %46, %ic5 ], [ %439, %kx10 ]
	%358 = phi <16 x float> [ %47, %ic5 ], [ %445, %kx10 ]
	%359 = phi <16 x float> [ %48, %ic5 ], [ %451, %kx10 ]
	%360 = phi <16 x float> [ %49, %ic5 ], [ %457, %kx10 ]
	%361 = phi <16 x float> [ %50, %ic5 ], [ %463, %kx10 ]
	%362 = phi <16 x float> [ %51, %ic5 ], [ %469, %kx10 ]
	%363 = phi <16 x float> [ %52, %ic5 ], [ %475, %kx10 ]
	%364 = phi <16 x float> [ %53, %ic5 ], [ %481, %kx10 ]
	%365 = phi <16 x float> [ %54, %ic5 ], [ %487, %kx10 ]
	%366 = phi <16 x float> [ %55, %ic5 ], [ %493, %kx10 ]
	%367 = phi <16 x float> [ %56, %ic5 ], [ %499, %kx10 ]
	%368 = phi <16 x float> [ %57, %ic5 ], [ %505, %kx10 ]
	%369 = add i64 %15, %340
	%370 = mul i64 %29, 53824
	%371 = mul i64 %369, 928
	%372 = add i64 %370, %371
	%373 = mul i64 %16, 16
	%374 = add i64 %372, %373
	%375 = getelementptr float, float* %2, i64 %374
	%376 = mul i64 %13, 18432
	%377 = mul i64 %29, 4608
	%378 = add i64 %376, %377
	%379 = mul i64 %340, 1536
	%380 = add i64 %378, %379
	%381 = getelementptr float, float* %5, i64 %380
	br label %k9

khx8:
	%382 = add i64 %29, 1
	%383 = icmp slt i64 %382, 4
	br i1 %383, label %ic5, label %icx6

k9:
	%384 = phi i64 [ 0, %kh7 ], [ %506, %k9 ]
	%385 = phi <16 x float> [ %341, %kh7 ], [ %426, %k9 ]
	%386 = phi <16 x float> [ %342, %kh7 ], [ %432, %k9 ]
	%387 = phi <16 x float> [ %343, %kh7 ], [ %438, %k9 ]
	%388 = phi <16 x float> [ %344, %kh7 ], [ %444, %k9 ]
	%389 = phi <16 x float> [ %345, %kh7 ], [ %450, %k9 ]
	%390 = phi <16 x float> [ %346, %kh7 ], [ %456, %k9 ]
	%391 = phi <16 x float> [ %347, %kh7 ], [ %462, %k9 ]
	%392 = phi <16 x float> [ %348, %kh7 ], [ %468, %k9 ]
	%393 = phi <16 x float> [ %349, %kh7 ], [ %474, %k9 ]
	%394 = phi <16 x float> [ %350, %kh7 ], [ %480, %k9 ]
	%395 = phi <16 x float> [ %351, %kh7 ], [ %486, %k9 ]
	%396 = phi <16 x float> [ %352, %kh7 ], [ %492, %k9 ]
	%397 = phi <16 x float> [ %353, %kh7 ], [ %498, %k9 ]
	%398 = phi <16 x float> [ %354, %kh7 ], [ %504, %k9 ]
	%399 = phi <16 x float> [ %355, %kh7 ], [ %427, %k9 ]
	%400 = phi <16 x float> [ %356, %kh7 ], [ %433, %k9 ]
	%401 = phi <16 x float> [ %357, %kh7 ], [ %439, %k9 ]
	%402 = phi <16 x float> [ %358, %kh7 ], [ %445, %k9 ]
	%403 = phi <16 x float> [ %359, %kh7 ], [ %451, %k9 ]
	%404 = phi <16 x float> [ %360, %kh7 ], [ %457, %k9 ]
	%405 = phi <16 x float> [ %361, %kh7 ], [ %463, %k9 ]
	%406 = phi <16 x float> [ %362, %kh7 ], [ %469, %k9 ]
	%407 = phi <16 x float> [ %363, %kh7 ], [ %475, %k9 ]
	%408 = phi <16 x float> [ %364, %kh7 ], [ %481, %k9 ]
	%409 = phi <16 x float> [ %365, %kh7 ], [ %487, %k9 ]
	%410 = phi <16 x float> [ %366, %kh7 ], [ %493, %k9 ]
	%411 = phi <16 x float> [ %367, %kh7 ], [ %499, %k9 ]
	%412 = phi <16 x float> [ %368, %kh7 ], [ %505, %k9 ]
	%413 = getelementptr float, float* %375, i64 %384
	%414 = mul i64 %384, 32
	%415 = getelementptr float, float* %381, i64 %414
	%416 = getelementptr float, float* %415, i64 0
	%417 = bitcast float* %416 to <16 x float>*
	%418 = load <16 x float>, <16 x float>* %417, align 64
	%419 = getelementptr float, float* %415, i64 16
	%420 = bitcast float* %419 to <16 x float>*
	%421 = load <16 x float>, <16 x float>* %420, align 64
	%422 = getelementptr float, float* %413, i64 0
	%423 = load float, float* %422, align 4
	%424 = insertelement <16 x float> undef, float %423, i32 0
	%425 = shufflevector <16 x float> %424, <16 x float> undef, <16 x i32> zeroinitializer
	%426 = call <16 x float> @llvm.fma.v16f32(<16 x float> %425, <16 x float> %418, <16 x float> %385)
	%427 = call <16 x float> @llvm.fma.v16f32(<16 x float> %425, <16 x float> %421, <16 x float> %399)
	%428 = getelementptr float, float* %413, i64 16
	%429 = load float, float* %428, align 4
	%430 = insertelement <16 x float> undef, float %429, i32 0
	%431 = shufflevector <16 x float> %430, <16 x float> undef, <16 x i32> zeroinitializer
	%432 = call <16 x float> @llvm.fma.v16f32(<16 x float> %431, <16 x float> %418, <16 x float> %386)
	%433 = call <16 x float> @llvm.fma.v16f32(<16 x float> %431, <16 x float> %421, <16 x float> %400)
	%434 = getelementptr float, float* %413, i64 32
	%435 = load float, float* %434, align 4
	%436 = insertelement <16 x float> undef, float %435, i32 0
	%437 = shufflevector <16 x float> %436, <16 x float> undef, <16 x i32> zeroinitializer
	%438 = call <16 x float> @llvm.fma.v16f32(<16 x float> %437, <16 x float> %418, <16 x float> %387)
	%439 = call <16 x float> @llvm.fma.v16f32(<16 x float> %437, <16 x float> %421, <16 x float> %401)
	%440 = getelementptr float, float* %413, i64 48
	%441 = load float, float* %440, align 4
	%442 = insertelement <16 x float> undef, float %441, i32 0
	%443 = shufflevector <16 x float> %442, <16 x float> undef, <16 x i32> zeroinitializer
	%444 = call <16 x float> @llvm.fma.v16f32(<16 x float> %443, <16 x float> %418, <16 x float> %388)
	%445 = call <16 x float> @llvm.fma.v16f32(<16 x float> %443, <16 x float> %421, <16 x float> %402)
	%446 = getelementptr float, float* %413, i64 64
	%447 = load float, float* %446, align 4
	%448 = insertelement <16 x float> undef, float %447, i32 0
	%449 = shufflevector <16 x float> %448, <16 x float> undef, <16 x i32> zeroinitializer
	%450 = call <16 x float> @llvm.fma.v16f32(<16 x float> %449, <16 x float> %418, <16 x float> %389)
	%451 = call <16 x float> @llvm.fma.v16f32(<16 x float> %449, <16 x float> %421, <16 x float> %403)
	%452 = getelementptr float, float* %413, i64 80
	%453 = load float, float* %452, align 4
	%454 = insertelement <16 x float> undef, float %453, i32 0
	%455 = shufflevector <16 x float> %454, <16 x float> undef, <16 x i32> zeroinitializer
	%456 = call <16 x float> @llvm.fma.v16f32(<16 x float> %455, <16 x float> %418, <16 x float> %390)
	%457 = call <16 x float> @llvm.fma.v16f32(<16 x float> %455, <16 x float> %421, <16 x float> %404)
	%458 = getelementptr float, float* %413, i64 96
	%459 = load float, float* %458, align 4
	%460 = insertelement <16 x float> undef, float %459, i32 0
	%461 = shufflevector <16 x float> %460, <16 x float> undef, <16 x i32> zeroinitializer
	%462 = call <16 x float> @llvm.fma.v16f32(<16 x float> %461, <16 x float> %418, <16 x float> %391)
	%463 = call <16 x float> @llvm.fma.v16f32(<16 x float> %461, <16 x float> %421, <16 x float> %405)
	%464 = getelementptr float, float* %413, i64 112
	%465 = load float, float* %464, align 4
	%466 = insertelement <16 x float> undef, float %465, i32 0
	%467 = shufflevector <16 x float> %466, <16 x float> undef, <16 x i32> zeroinitializer
	%468 = call <16 x float> @llvm.fma.v16f32(<16 x float> %467, <16 x float> %418, <16 x float> %392)
	%469 = call <16 x float> @llvm.fma.v16f32(<16 x float> %467, <16 x float> %421, <16 x float> %406)
	%470 = getelementptr float, float* %413, i64 128
	%471 = load float, float* %470, align 4
	%472 = insertelement <16 x float> undef, float %471, i32 0
	%473 = shufflevector <16 x float> %472, <16 x float> undef, <16 x i32> zeroinitializer
	%474 = call <16 x float> @llvm.fma.v16f32(<16 x float> %473, <16 x float> %418, <16 x float> %393)
	%475 = call <16 x float> @llvm.fma.v16f32(<16 x float> %473, <16 x float> %421, <16 x float> %407)
	%476 = getelementptr float, float* %413, i64 144
	%477 = load float, float* %476, align 4
	%478 = insertelement <16 x float> undef, float %477, i32 0
	%479 = shufflevector <16 x float> %478, <16 x float> undef, <16 x i32> zeroinitializer
	%480 = call <16 x float> @llvm.fma.v16f32(<16 x float> %479, <16 x float> %418, <16 x float> %394)
	%481 = call <16 x float> @llvm.fma.v16f32(<16 x float> %479, <16 x float> %421, <16 x float> %408)
	%482 = getelementptr float, float* %413, i64 160
	%483 = load float, float* %482, align 4
	%484 = insertelement <16 x float> undef, float %483, i32 0
	%485 = shufflevector <16 x float> %484, <16 x float> undef, <16 x i32> zeroinitializer
	%486 = call <16 x float> @llvm.fma.v16f32(<16 x float> %485, <16 x float> %418, <16 x float> %395)
	%487 = call <16 x float> @llvm.fma.v16f32(<16 x float> %485, <16 x float> %421, <16 x float> %409)
	%488 = getelementptr float, float* %413, i64 176
	%489 = load float, float* %488, align 4
	%490 = insertelement <16 x float> undef, float %489, i32 0
	%491 = shufflevector <16 x float> %490, <16 x float> undef, <16 x i32> zeroinitializer
	%492 = call <16 x float> @llvm.fma.v16f32(<16 x float> %491, <16 x float> %418, <16 x float> %396)
	%493 = call <16 x float> @llvm.fma.v16f32(<16 x float> %491, <16 x float> %421, <16 x float> %410)
	%494 = getelementptr float, float* %413, i64 192
	%495 = load float, float* %494, align 4
	%496 = insertelement <16 x float> undef, float %495, i32 0
	%497 = shufflevector <16 x float> %496, <16 x float> undef, <16 x i32> zeroinitializer
	%498 = call <16 x float> @llvm.fma.v16f32(<16 x float> %497, <16 x float> %418, <16 x float> %397)
	%499 = call <16 x float> @llvm.fma.v16f32(<16 x float> %497, <16 x float> %421, <16 x float> %411)
	%500 = getelementptr float, float* %413, i64 208
	%501 = load float, float* %500, align 4
	%502 = insertelement <16 x float> undef, float %501, i32 0
	%503 = shufflevector <16 x float> %502, <16 x float> undef, <16 x i32> zeroinitializer
	%504 = call <16 x float> @llvm.fma.v16f32(<16 x float> %503, <16 x float> %418, <16 x float> %398)
	%505 = call <16 x float> @llvm.fma.v16f32(<16 x float> %503, <16 x float> %421, <16 x float> %412)
	%506 = add i64 %384, 1
	%507 = icmp slt i64 %506, 48
	br i1 %507, label %k9, label %kx10

kx10:
	%508 = add i64 %340, 1
	%509 = icmp slt i64 %508, 3
	br i1 %509, label %kh7, label %khx8
}
