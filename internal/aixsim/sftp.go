// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/gliderlabs/ssh"
	"github.com/pkg/sftp"
)

// handleSFTP serves the SFTP subsystem on the virtual file system.
func (h *Host) handleSFTP(s ssh.Session) {
	who, ok := h.credentialOf(s.User())
	if !ok {
		return
	}
	f := &sftpFiles{h, who}
	server := sftp.NewRequestServer(s, sftp.Handlers{FileGet: f, FilePut: f, FileCmd: f, FileList: f}, sftp.WithStartDirectory(who.home))
	_ = server.Serve()
	_ = server.Close()
}

type sftpFiles struct {
	h   *Host
	who credential
}

// plain gives SFTP the errors it knows.
func plain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return sftp.ErrSSHFxNoSuchFile
	case errors.Is(err, fs.ErrPermission):
		return sftp.ErrSSHFxPermissionDenied
	}
	return err
}

func (f *sftpFiles) Fileread(r *sftp.Request) (io.ReaderAt, error) {
	h, err := f.h.fs.open("/", r.Filepath, f.who, os.O_RDONLY, 0)
	if err != nil {
		return nil, plain(err)
	}
	return h, nil
}

func (f *sftpFiles) Filewrite(r *sftp.Request) (io.WriterAt, error) {
	flags := os.O_WRONLY
	p := r.Pflags()
	if p.Creat {
		flags |= os.O_CREATE
	}
	if p.Trunc {
		flags |= os.O_TRUNC
	}
	if p.Excl {
		flags |= os.O_EXCL
	}
	h, err := f.h.fs.open("/", r.Filepath, f.who, flags, 0o644)
	if err != nil {
		return nil, plain(err)
	}
	return h, nil
}

func (f *sftpFiles) Filecmd(r *sftp.Request) error {
	v := f.h.fs
	switch r.Method {
	case "Setstat":
		return plain(f.setstat(r))
	case "Rename", "PosixRename":
		return plain(v.rename("/", r.Filepath, r.Target, f.who))
	case "Rmdir", "Remove":
		return plain(v.remove("/", r.Filepath, f.who))
	case "Mkdir":
		return plain(v.mkdir("/", r.Filepath, f.who, 0o755))
	case "Link":
		return plain(v.link("/", r.Filepath, r.Target, f.who))
	case "Symlink":
		return plain(v.symlink(r.Filepath, "/", r.Target, f.who))
	}
	return sftp.ErrSSHFxOpUnsupported
}

func (f *sftpFiles) setstat(r *sftp.Request) error {
	v, attrs, flags := f.h.fs, r.Attributes(), r.AttrFlags()
	if flags.Permissions {
		if err := v.chmod("/", r.Filepath, f.who, attrs.FileMode()); err != nil {
			return err
		}
	}
	if flags.UidGid {
		if err := v.chown("/", r.Filepath, f.who, int(attrs.UID), int(attrs.GID), true); err != nil {
			return err
		}
	}
	if flags.Acmodtime {
		if err := v.chtimes("/", r.Filepath, f.who, time.Unix(int64(attrs.Mtime), 0).UTC()); err != nil {
			return err
		}
	}
	if flags.Size {
		h, err := v.open("/", r.Filepath, f.who, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return h.truncate(int64(attrs.Size))
	}
	return nil
}

// sftpList is a listing, served by offset.
type sftpList []os.FileInfo

func (l sftpList) ListAt(into []os.FileInfo, at int64) (int, error) {
	if at >= int64(len(l)) {
		return 0, io.EOF
	}
	n := copy(into, l[at:])
	if n < len(into) {
		return n, io.EOF
	}
	return n, nil
}

func (f *sftpFiles) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	v := f.h.fs
	switch r.Method {
	case "List":
		infos, err := v.readDir("/", r.Filepath, f.who)
		if err != nil {
			return nil, plain(err)
		}
		list := make(sftpList, len(infos))
		for i, info := range infos {
			list[i] = sftpInfo{info}
		}
		return list, nil
	case "Stat", "Readlink":
		info, err := v.stat("/", r.Filepath, f.who, r.Method == "Stat")
		if err != nil {
			return nil, plain(err)
		}
		if r.Method == "Readlink" {
			if info.target == "" {
				return nil, plain(pathError("readlink", r.Filepath, syscall.EINVAL))
			}
			info.name = info.target
		}
		return sftpList{sftpInfo{info}}, nil
	}
	return nil, sftp.ErrSSHFxOpUnsupported
}

// Lstat describes a link itself.
func (f *sftpFiles) Lstat(r *sftp.Request) (sftp.ListerAt, error) {
	info, err := f.h.fs.stat("/", r.Filepath, f.who, false)
	if err != nil {
		return nil, plain(err)
	}
	return sftpList{sftpInfo{info}}, nil
}

// sftpInfo tells SFTP owner and group.
type sftpInfo struct{ *fileInfo }

func (i sftpInfo) Sys() any {
	return &sftp.FileStat{Mode: uint32(i.mode.Perm()), UID: uint32(i.uid), GID: uint32(i.gid), Size: uint64(i.size), Mtime: uint32(i.mtime.Unix()), Atime: uint32(i.mtime.Unix())}
}
