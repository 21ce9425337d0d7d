// SPDX-License-Identifier: MPL-2.0

package image

import (
	"context"
	"errors"
	"hash"
	"io"
	"sync/atomic"
)

// A flow hands the blocks of one stream to several readers at once, each in a
// goroutine of its own, so that several digests cost the time of the slowest one.
// Its memory is blocksOfFlow blocks, whatever the stream's length.
const (
	blockSize    = 256 << 10 // large enough for a hash to run at its own speed
	blocksOfFlow = 8
)

type block struct {
	data  []byte
	users atomic.Int32
}

type flow struct {
	free chan *block
	made int
	size int // of each block, in bytes
	taps []*tap
}

// tap is one reader's end of a flow. It is an io.Reader.
type tap struct {
	blocks  chan *block
	free    chan *block
	current *block
	rest    []byte
}

// newFlow makes a flow for a stream of about the given length; -1 when unknown.
func newFlow(length int64) *flow {
	size := blockSize
	if length >= 0 && length < blockSize {
		size = max(int(length)+1, tarBlock)
	}
	return &flow{free: make(chan *block, blocksOfFlow), size: size}
}

// block returns a free block. Blocks are made when they are first needed.
func (f *flow) block(ctx context.Context) (*block, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if f.made < blocksOfFlow {
		select {
		case b := <-f.free:
			return b, nil
		default:
			f.made++
			return &block{data: make([]byte, f.size)}, nil
		}
	}
	select {
	case b := <-f.free:
		return b, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// tap adds a reader. All taps are made before spread runs.
func (f *flow) tap() *tap {
	t := &tap{blocks: make(chan *block, blocksOfFlow), free: f.free}
	f.taps = append(f.taps, t)
	return t
}

// spread reads r to its end and returns how many bytes it had. A tap that stops
// reading must return an error from its goroutine, which cancels the context.
func (f *flow) spread(ctx context.Context, r io.Reader, tell func(done int64)) (int64, error) {
	var done int64
	for {
		b, err := f.block(ctx)
		if err != nil {
			return done, err
		}
		b.data = b.data[:cap(b.data)]
		n, err := io.ReadFull(r, b.data)
		b.data = b.data[:n]
		done += int64(n)
		if n > 0 {
			b.users.Store(int32(len(f.taps)))
			for _, t := range f.taps {
				t.blocks <- b // never blocks: there are as many places as blocks
			}
			if tell != nil {
				tell(done)
			}
		}
		// An unexpected end is what io.ReadFull makes of a last block that is not full; a
		// source that is itself cut off must say so in another way.
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			for _, t := range f.taps {
				close(t.blocks)
			}
			return done, nil
		}
		if err != nil {
			return done, err
		}
	}
}

func (t *tap) next(ctx context.Context) (*block, error) {
	select {
	case b, ok := <-t.blocks:
		if !ok {
			return nil, io.EOF
		}
		return b, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (t *tap) release(b *block) {
	if b.users.Add(-1) == 0 {
		t.free <- b
	}
}

// feed writes all blocks into a hash.
func (t *tap) feed(ctx context.Context, h hash.Hash) error {
	for {
		b, err := t.next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		_, _ = h.Write(b.data) // a hash never fails
		t.release(b)
	}
}

// reader reads the tap as a stream.
func (t *tap) reader(ctx context.Context) io.Reader { return &tapReader{tap: t, ctx: ctx} }

type tapReader struct {
	*tap
	ctx context.Context
}

// Read implements io.Reader.
func (r *tapReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.current != nil {
			r.release(r.current)
			r.current = nil
		}
		b, err := r.next(r.ctx)
		if err != nil {
			return 0, err
		}
		r.current, r.rest = b, b.data
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// ReadByte implements io.ByteReader, so that decompressors need no buffer of their own
// and read nothing ahead.
func (r *tapReader) ReadByte() (byte, error) {
	if len(r.rest) == 0 {
		var one [1]byte
		_, err := r.Read(one[:])
		return one[0], err
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b, nil
}
