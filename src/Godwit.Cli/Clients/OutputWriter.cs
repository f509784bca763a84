using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Godwit.Cli.Clients;

/// <summary>
/// Standard output, for whole records: each is written with one call, so that nothing is held back and records of several threads do not
/// mix. Payloads pass byte for byte, but on a terminal control characters are shown and not obeyed.
/// </summary>
internal sealed class OutputWriter : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _record = new(256);
    private readonly Stream _stream;
    private readonly bool _isTerminal;

    /// <summary>Writes to a stream.</summary>
    /// <param name="stream">Owned from now on.</param>
    /// <param name="isTerminal">A person looks at it.</param>
    internal OutputWriter(Stream stream, bool isTerminal)
    {
        _stream = stream;
        _isTerminal = isTerminal;
    }

    /// <summary>Standard output of this process.</summary>
    internal static OutputWriter Open()
    {
        if (OperatingSystem.IsWindows())
        {
            return new OutputWriter(Console.OpenStandardOutput(), !Console.IsOutputRedirected);
        }

        // The console's own stream takes a closed pipe for success, and then `godwit sub | head -1` would never end. A file must not be
        // written this way: its position is shared with other programs.
        var file = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return file.CanSeek
            ? new OutputWriter(Console.OpenStandardOutput(), isTerminal: false)
            : new OutputWriter(file, !Console.IsOutputRedirected);
    }

    /// <summary>Writes a line of text.</summary>
    internal void WriteLine(string line)
    {
        lock (_gate)
        {
            Append(Encoding.UTF8.GetBytes(line));
            Flush();
        }
    }

    /// <summary>Writes a message: its payload and the end of the line, in front of it the topic if that is wanted.</summary>
    /// <param name="topic">UTF-8; empty: not wanted.</param>
    /// <param name="payload">Any bytes.</param>
    internal void WriteMessage(ReadOnlySpan<byte> topic, in ReadOnlySequence<byte> payload)
    {
        lock (_gate)
        {
            if (!topic.IsEmpty)
            {
                Append(topic);
                _record.Write(" "u8);
                if (payload.IsEmpty)
                {
                    _record.Write("(null)"u8);      // as Mosquitto's tools say it
                }
            }

            foreach (var part in payload)
            {
                Append(part.Span);
            }

            Flush();
        }
    }

    public void Dispose() => _stream.Dispose();

    private void Flush()
    {
        _record.Write("\n"u8);
        _stream.Write(_record.WrittenSpan);
        _stream.Flush();
        _record.ResetWrittenCount();
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (!_isTerminal)
        {
            _record.Write(bytes);
            return;
        }

        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var count);
            if (status == OperationStatus.Done && IsHarmless(rune))
            {
                _record.Write(bytes[..count]);
            }
            else
            {
                foreach (var single in bytes[..count])
                {
                    _record.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\x{single:x2}")));
                }
            }

            bytes = bytes[count..];
        }
    }

    private static bool IsHarmless(Rune rune) => rune.Value is '\n' or '\t' || !Rune.IsControl(rune);
}
