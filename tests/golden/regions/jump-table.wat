(module
 (type $0 (func (param i32 i64) (result i64)))
 (type $1 (func (param i32 i64 i64 i64) (result i64)))
 (type $2 (func (param i32 i64 i32 i32) (result i32)))
 (type $3 (func (param i32 i32) (result i32)))
 (import "env" "memory" (memory $mimport$0 0 65536 shared))
 (import "core" "lazyFr" (func $fimport$0 (param i32 i64) (result i64)))
 (import "core" "lazyFc" (func $fimport$1 (param i32 i64 i64 i64) (result i64)))
 (import "core" "fillTlb" (func $fimport$2 (param i32 i64 i32 i32) (result i32)))
 (export "0" (func $0))
 (func $0 (param $0 i32) (param $1 i32) (result i32)
  (local $2 i64)
  (local $3 i64)
  (local $4 i64)
  (local $5 i64)
  (local $6 i64)
  (local $7 i64)
  (local $8 i64)
  (local $9 i64)
  (local $10 i64)
  (local $11 i64)
  (local $12 i64)
  (local $13 i64)
  (local $14 i64)
  (local $15 i64)
  (local $16 i64)
  (local $17 i32)
  (local $18 i32)
  (local $19 i32)
  (local $20 i32)
  (local $scratch i64)
  (local $scratch_22 i64)
  (local $scratch_23 i64)
  (local $scratch_24 i64)
  (local $scratch_25 i64)
  (local $scratch_26 i64)
  (local $scratch_27 i64)
  (local $scratch_28 i64)
  (local.set $10
   (i64.load offset=136
    (local.get $0)
   )
  )
  (local.set $7
   (i64.load offset=152
    (local.get $0)
   )
  )
  (local.set $8
   (i64.load offset=160
    (local.get $0)
   )
  )
  (local.set $2
   (i64.load
    (local.get $0)
   )
  )
  (local.set $3
   (i64.load offset=8
    (local.get $0)
   )
  )
  (local.set $4
   (i64.load offset=16
    (local.get $0)
   )
  )
  (local.set $5
   (i64.load offset=24
    (local.get $0)
   )
  )
  (local.set $6
   (i64.load offset=40
    (local.get $0)
   )
  )
  (block $block1
   (block $block
    (loop $label
     (@metadata.code.branch_hint "\00")
     (if
      (i64.ne
       (i64.shr_u
        (i64.add
         (local.get $2)
         (i64.const 140737488355328)
        )
        (i64.const 48)
       )
       (i64.const 0)
      )
      (then
       (local.set $12
        (i64.const 255)
       )
       (br $block)
      )
     )
     (local.set $13
      (local.get $2)
     )
     (if
      (i64.lt_u
       (local.get $13)
       (i64.add
        (local.get $10)
        (i64.const 10)
       )
      )
      (then
       (if
        (i64.eq
         (local.get $13)
         (i64.add
          (local.get $10)
          (i64.const 2)
         )
        )
        (then
         (local.set $1
          (i32.sub
           (local.get $1)
           (i32.const 1)
          )
         )
         (local.set $7
          (block (result i64)
           (local.set $scratch
            (call $fimport$0
             (local.get $17)
             (local.get $7)
            )
           )
           (local.set $8
            (call $fimport$1
             (local.get $17)
             (local.get $7)
             (local.get $8)
             (local.get $9)
            )
           )
           (local.get $scratch)
          )
         )
         (local.set $17
          (i32.const 0)
         )
         (local.set $14
          (local.get $7)
         )
         (local.set $20
          (i32.wrap_i64
           (i64.shr_u
            (local.get $8)
            (i64.const 63)
           )
          )
         )
         (local.set $7
          (block (result i64)
           (local.set $scratch_22
            (local.tee $16
             (i64.and
              (i64.add
               (i64.and
                (local.get $3)
                (i64.const 4294967295)
               )
               (i64.const 1)
              )
              (i64.const 4294967295)
             )
            )
           )
           (local.set $8
            (i64.extend_i32_u
             (local.get $20)
            )
           )
           (local.get $scratch_22)
          )
         )
         (local.set $3
          (local.get $16)
         )
         (local.set $1
          (i32.sub
           (local.get $1)
           (i32.const 2)
          )
         )
         (local.set $17
          (i32.const 18)
         )
         (@metadata.code.branch_hint "\00")
         (if
          (i32.lt_s
           (local.get $1)
           (i32.const 0)
          )
          (then
           (local.set $11
            (local.get $10)
           )
           (local.set $18
            (i32.const 0)
           )
           (br $block1)
          )
         )
         (br $label)
         (unreachable)
        )
       )
       (if
        (i64.eq
         (local.get $13)
         (i64.add
          (local.get $10)
          (i64.const 6)
         )
        )
        (then
         (local.set $1
          (i32.sub
           (local.get $1)
           (i32.const 1)
          )
         )
         (local.set $7
          (block (result i64)
           (local.set $scratch_23
            (call $fimport$0
             (local.get $17)
             (local.get $7)
            )
           )
           (local.set $8
            (call $fimport$1
             (local.get $17)
             (local.get $7)
             (local.get $8)
             (local.get $9)
            )
           )
           (local.get $scratch_23)
          )
         )
         (local.set $17
          (i32.const 0)
         )
         (local.set $13
          (local.get $7)
         )
         (local.set $20
          (i32.wrap_i64
           (i64.shr_u
            (local.get $8)
            (i64.const 63)
           )
          )
         )
         (local.set $7
          (block (result i64)
           (local.set $scratch_24
            (local.tee $15
             (i64.and
              (i64.add
               (i64.and
                (local.get $4)
                (i64.const 4294967295)
               )
               (i64.const 1)
              )
              (i64.const 4294967295)
             )
            )
           )
           (local.set $8
            (i64.extend_i32_u
             (local.get $20)
            )
           )
           (local.get $scratch_24)
          )
         )
         (local.set $4
          (local.get $15)
         )
         (local.set $1
          (i32.sub
           (local.get $1)
           (i32.const 2)
          )
         )
         (local.set $17
          (i32.const 18)
         )
         (@metadata.code.branch_hint "\00")
         (if
          (i32.lt_s
           (local.get $1)
           (i32.const 0)
          )
          (then
           (local.set $11
            (local.get $10)
           )
           (local.set $18
            (i32.const 0)
           )
           (br $block1)
          )
         )
         (br $label)
         (unreachable)
        )
       )
      )
      (else
       (if
        (i64.eq
         (local.get $13)
         (i64.add
          (local.get $10)
          (i64.const 10)
         )
        )
        (then
         (local.set $1
          (i32.sub
           (local.get $1)
           (i32.const 1)
          )
         )
         (local.set $7
          (block (result i64)
           (local.set $scratch_25
            (call $fimport$0
             (local.get $17)
             (local.get $7)
            )
           )
           (local.set $8
            (call $fimport$1
             (local.get $17)
             (local.get $7)
             (local.get $8)
             (local.get $9)
            )
           )
           (local.get $scratch_25)
          )
         )
         (local.set $17
          (i32.const 0)
         )
         (local.set $13
          (local.get $7)
         )
         (local.set $20
          (i32.wrap_i64
           (i64.shr_u
            (local.get $8)
            (i64.const 63)
           )
          )
         )
         (local.set $7
          (block (result i64)
           (local.set $scratch_26
            (local.tee $15
             (i64.and
              (i64.add
               (i64.and
                (local.get $5)
                (i64.const 4294967295)
               )
               (i64.const 1)
              )
              (i64.const 4294967295)
             )
            )
           )
           (local.set $8
            (i64.extend_i32_u
             (local.get $20)
            )
           )
           (local.get $scratch_26)
          )
         )
         (local.set $5
          (local.get $15)
         )
         (local.set $1
          (i32.sub
           (local.get $1)
           (i32.const 2)
          )
         )
         (local.set $17
          (i32.const 18)
         )
         (@metadata.code.branch_hint "\00")
         (if
          (i32.lt_s
           (local.get $1)
           (i32.const 0)
          )
          (then
           (local.set $11
            (local.get $10)
           )
           (local.set $18
            (i32.const 0)
           )
           (br $block1)
          )
         )
         (br $label)
         (unreachable)
        )
       )
       (if
        (i64.eq
         (local.get $13)
         (i64.add
          (local.get $10)
          (i64.const 14)
         )
        )
        (then
         (local.set $1
          (i32.sub
           (local.get $1)
           (i32.const 1)
          )
         )
         (local.set $7
          (block (result i64)
           (local.set $scratch_27
            (call $fimport$0
             (local.get $17)
             (local.get $7)
            )
           )
           (local.set $8
            (call $fimport$1
             (local.get $17)
             (local.get $7)
             (local.get $8)
             (local.get $9)
            )
           )
           (local.get $scratch_27)
          )
         )
         (local.set $17
          (i32.const 0)
         )
         (local.set $13
          (local.get $7)
         )
         (local.set $20
          (i32.wrap_i64
           (i64.shr_u
            (local.get $8)
            (i64.const 63)
           )
          )
         )
         (local.set $7
          (block (result i64)
           (local.set $scratch_28
            (local.tee $15
             (i64.and
              (i64.add
               (i64.and
                (local.get $6)
                (i64.const 4294967295)
               )
               (i64.const 1)
              )
              (i64.const 4294967295)
             )
            )
           )
           (local.set $8
            (i64.extend_i32_u
             (local.get $20)
            )
           )
           (local.get $scratch_28)
          )
         )
         (local.set $6
          (local.get $15)
         )
         (local.set $1
          (i32.sub
           (local.get $1)
           (i32.const 2)
          )
         )
         (local.set $17
          (i32.const 18)
         )
         (@metadata.code.branch_hint "\00")
         (if
          (i32.lt_s
           (local.get $1)
           (i32.const 0)
          )
          (then
           (local.set $11
            (local.get $10)
           )
           (local.set $18
            (i32.const 0)
           )
           (br $block1)
          )
         )
         (br $label)
         (unreachable)
        )
       )
      )
     )
     (local.set $11
      (local.get $13)
     )
     (local.set $18
      (i32.const 1)
     )
     (br $block1)
     (unreachable)
    )
   )
   (local.set $19
    (i32.const 1)
   )
   (local.set $18
    (i32.and
     (i32.shr_u
      (i32.wrap_i64
       (local.get $12)
      )
      (i32.const 8)
     )
     (i32.const 65535)
    )
   )
   (local.set $11
    (i64.add
     (local.get $10)
     (i64.shr_s
      (local.get $12)
      (i64.const 24)
     )
    )
   )
   (local.set $17
    (select
     (local.get $17)
     (i32.and
      (i32.wrap_i64
       (local.get $12)
      )
      (i32.const 255)
     )
     (i32.eq
      (i32.and
       (i32.wrap_i64
        (local.get $12)
       )
       (i32.const 255)
      )
      (i32.const 255)
     )
    )
   )
  )
  (i64.store offset=184
   (local.get $0)
   (local.get $11)
  )
  (i64.store offset=168
   (local.get $0)
   (i64.add
    (i64.load offset=168
     (local.get $0)
    )
    (i64.extend_i32_s
     (i32.add
      (i32.sub
       (i32.load offset=2496
        (local.get $0)
       )
       (local.get $1)
      )
      (local.get $18)
     )
    )
   )
  )
  (i64.store offset=8
   (local.get $0)
   (local.get $3)
  )
  (i64.store offset=16
   (local.get $0)
   (local.get $4)
  )
  (i64.store offset=24
   (local.get $0)
   (local.get $5)
  )
  (i64.store offset=40
   (local.get $0)
   (local.get $6)
  )
  (i64.store offset=160
   (local.get $0)
   (call $fimport$1
    (local.get $17)
    (local.get $7)
    (local.get $8)
    (local.get $9)
   )
  )
  (i64.store offset=152
   (local.get $0)
   (call $fimport$0
    (local.get $17)
    (local.get $7)
   )
  )
  (local.get $19)
 )
)
