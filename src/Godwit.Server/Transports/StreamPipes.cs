using System.IO.Pipelines;

namespace Godwit.Server.Transports;

/// <summary>A stream as two pipes.</summary>
internal sealed class StreamPipes(Stream stream, bool useZeroByteReads) : IDuplexPipe
{
    private const int BufferSize = 16 * 1024;       // the largest record of TLS

    public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferSize, minimumReadSize: BufferSize / 2, leaveOpen: true, useZeroByteReads: useZeroByteReads));

    public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: BufferSize, leaveOpen: true));
}
