using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Server.Listeners;
using Godwit.Server.Security.Authentication;

namespace Godwit.Server.Transports;

/// <summary>Who comes in: addresses when they connect, clients when their CONNECT is complete.</summary>
internal sealed unsafe partial class EpollListener
{
    private readonly ConcurrentQueue<PendingQuestion> _answered = new();
    private readonly ConcurrentQueue<(PendingQuestion Question, byte[] Auth)> _toSend = new();

    private bool MayEnter(in PeerAddress peer, Entrance entrance)
    {
        if (_core.Admission is { WatchesDoor: true } admission && !admission.MayOpen(peer.Address, isCostly: false, _nowMs))
        {
            return false;
        }

        var reason = (entrance.JudgesAddresses ? entrance.RefusalOf(peer.Address) : null) ?? (entrance.TryEnter() ? null : ListenerWords.Full(entrance.Options));
        if (reason is not null)
        {
            _log.ListenerRefused(peer.ToString(), entrance.Options, reason);
        }

        return reason is null;
    }

    /// <summary>CONNECT is complete. Where nobody has to be asked, or the answer is there at once, the client comes in or is refused now.</summary>
    /// <returns>True: the connection is done here. False: it waits for an answer.</returns>
    private bool Admit(ref PendingConnection pending, long id, bool isWatched, ReadOnlySpan<byte> input, in HandshakeResult handshake)
    {
        if (_judge.IsOpen(pending.Entrance))
        {
            HandOver(ref pending, id, isWatched, input, handshake, pending.Entrance.Anonymous);
            return true;
        }

        var address = pending.Peer.Address;
        if (_judge.AsksNobody(pending.Entrance))
        {
            Conclude(ref pending, id, isWatched, input, handshake, request: null, default, address);
            return true;
        }

        var request = ConnectJudge.RequestOf(input[..handshake.ConnectSize], handshake, pending.Entrance, address, certificate: null, certificateSubject: null);
        var question = new PendingQuestion(id, handshake, request);
        var asking = question.AskAsync(_judge, input[..handshake.ConnectSize], pending.Entrance, SendLater);
        if (asking.IsCompletedSuccessfully)
        {
            question.Dispose();
            Conclude(ref pending, id, isWatched, input, handshake, request, asking.Result, address);
            return true;
        }

        if (pending.Received.Length == 0)
        {
            Hold(ref pending, input);
        }

        if (isWatched)
        {
            _epoll.Remove(pending.Fd);              // what it sends now waits in the kernel
        }

        pending.Question = question;
        _ = question.ReportAsync(asking, _answered, _wakeSignal.Wake, _log);
        return IsTooMuchHeld(pending);
    }

    /// <summary>Has AUTH sent by the listener's thread; any thread.</summary>
    private void SendLater(PendingQuestion question, byte[] auth)
    {
        _toSend.Enqueue((question, auth));
        _wakeSignal.Wake();
    }

    /// <summary>Sends an AUTH and reads the client again, for its answer.</summary>
    private void Send(PendingQuestion question, ReadOnlySpan<byte> auth)
    {
        ref var pending = ref CollectionsMarshal.GetValueRefOrNullRef(_pending, question.Id);
        if (Unsafe.IsNullRef(ref pending))
        {
            return;
        }

        nint sent;
        fixed (byte* start = auth)
        {
            sent = Libc.Send(pending.Fd, start, (nuint)auth.Length, Libc.MsgNoSignal);
        }

        if (sent != auth.Length || !_epoll.Add(pending.Fd, question.Id, EpollFlags.Reading))
        {
            Release(ref pending);
            Drop(pending);              // a new connection that does not take a few bytes is broken
            _pending.Remove(question.Id);
        }
    }

    /// <summary>Bytes of a client that somebody is asked about: its answer to AUTH.</summary>
    /// <returns>True: the connection is done here.</returns>
    private bool HandleAnswer(ref PendingConnection pending, PendingQuestion question, ReadOnlySpan<byte> received)
    {
        Hold(ref pending, received);
        var isComplete = AuthPackets.TryRead(
            pending.Received.Span[question.Position..], question.Exchange!.Method, _core.Limits.ConnectSizeBytesMax, out var data, out var size);
        if (!isComplete)
        {
            return IsTooMuchHeld(pending);
        }

        question.Position += data is null ? 0 : size;
        _epoll.Remove(pending.Fd);
        question.Exchange.Answer(data);
        return false;
    }

    private void TakeAnswers()
    {
        while (_toSend.TryDequeue(out var sending))
        {
            Send(sending.Question, sending.Auth);
        }

        while (_answered.TryDequeue(out var question))
        {
            using (question)
            {
                Take(question);
            }
        }
    }

    private void Take(PendingQuestion question)
    {
        ref var pending = ref CollectionsMarshal.GetValueRefOrNullRef(_pending, question.Id);
        if (Unsafe.IsNullRef(ref pending))
        {
            return;                                 // it was closed meanwhile
        }

        try
        {
            var received = pending.Received.Span;
            ReadOnlySpan<byte> input = question.Exchange is null ? received : [.. received[..question.Handshake.ConnectSize], .. received[question.Position..]];
            Conclude(ref pending, question.Id, isWatched: false, input, question.Handshake, question.Request, question.Answer, question.Request.Address);
        }
#pragma warning disable CA1031 // One connection's handler.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _log.HandshakeFault(pending.Peer.ToString(), fault);
            Drop(pending);
        }

        Release(ref pending);
        _pending.Remove(question.Id);
    }

    private void Conclude(
        ref PendingConnection pending,
        long id,
        bool isWatched,
        ReadOnlySpan<byte> input,
        HandshakeResult handshake,
        AuthenticationRequest? request,
        in AuthenticationResult answer,
        IPAddress? address)
    {
        var connect = input[..handshake.ConnectSize];
        var refusal = _judge.RefusalOf(connect, ref handshake, request, answer, pending.Entrance, address, pending.Peer.ToString(), out var identity);
        if (refusal is { } bytes)
        {
            Refuse(pending, id, isWatched, bytes.Span);
        }
        else
        {
            HandOver(ref pending, id, isWatched, input, handshake, identity);
        }
    }

    private void HandOver(
        ref PendingConnection pending, long id, bool isWatched, ReadOnlySpan<byte> input, in HandshakeResult result, Identity? identity)
    {
        var connection = new EpollConnection(pending.Fd, id, pending.Peer, result) { Identity = identity, AuthenticationData = _judge.LastDataOf(identity), Entrance = pending.Entrance };

        if (isWatched)
        {
            _epoll.Remove(pending.Fd);
        }

        // From here on the descriptor belongs to whoever holds the input.
        _core.Post(result.ShardIndex, new ConnectionOpened(connection, input.ToArray(), result.ConnectSize, _loops[result.ShardIndex].Taken));
    }

    private void Refuse(PendingConnection pending, long id, bool isWatched, ReadOnlySpan<byte> answer)
    {
        if (answer.Length == 0)
        {
            Drop(pending);
            return;
        }

        fixed (byte* start = answer)
        {
            _ = Libc.Send(pending.Fd, start, (nuint)answer.Length, Libc.MsgNoSignal);
        }

        pending.Entrance.Leave();
        _closing.Begin(pending.Fd, id, isWatched ? EpollFlags.Reading : EpollFlags.None, _nowMs);
    }

    private static void Drop(PendingConnection pending)
    {
        pending.Question?.Abandon();
        pending.Entrance.Leave();
        _ = Libc.Close(pending.Fd);
    }
}
