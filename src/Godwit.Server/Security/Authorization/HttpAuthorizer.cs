using System.Net;
using System.Text.Json;
using Godwit.Server.Security.Authentication.Http;

namespace Godwit.Server.Security.Authorization;

/// <summary>Asks a service about each topic, by POST; docs/permissions.md says how question and answer look.</summary>
internal sealed class HttpAuthorizer(string name, HttpSettings settings, string? token, TimeProvider time) : IAuthorizer, IDisposable
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    private readonly AskedService _service = new(settings, token, time);

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public async ValueTask<AuthorizationVerdict> AuthorizeAsync(AuthorizationRequest request, CancellationToken cancellation)
    {
        if (!_service.MayTry())
        {
            return AuthorizationVerdict.Fail("the service has failed too often and is left alone");
        }

        ServiceReply reply;
        try
        {
            reply = await _service.AskAsync(QuestionWriter.Write(Words(request), settings.Form), cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _service.Failed();
            throw;
        }

        if (reply.IsBusy)
        {
            return AuthorizationVerdict.Fail(reply.Failure!);
        }

        var verdict = Judge(reply);
        if (verdict.IsFailure)
        {
            _service.Failed();
        }
        else
        {
            _service.Succeeded();
        }

        return verdict;
    }

    /// <inheritdoc/>
    public void Dispose() => _service.Dispose();

    private AuthorizationVerdict Judge(in ServiceReply reply) => reply switch
    {
        { Failure: { } failure } => AuthorizationVerdict.Fail(failure),
        { Status: HttpStatusCode.NoContent } => AuthorizationVerdict.Allow($"{name}: allowed"),
        { Status: HttpStatusCode.OK } => Read(reply.Body),
        { Status: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden } => AuthorizationVerdict.Deny($"{name}: denied"),
        { Status: HttpStatusCode.NotFound } => AuthorizationVerdict.Ignore($"{name}: not known"),
        _ => AuthorizationVerdict.Fail($"status {(int)reply.Status}"),
    };

    private AuthorizationVerdict Read(byte[] body)
    {
        if (body.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
        {
            return AuthorizationVerdict.Allow($"{name}: allowed");
        }

        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return (document.RootElement.TryGetProperty("result", out var result) ? result.GetString() : "allow") switch
            {
                "allow" => AuthorizationVerdict.Allow($"{name}: allowed"),
                "deny" => AuthorizationVerdict.Deny($"{name}: denied"),
                "ignore" => AuthorizationVerdict.Ignore($"{name}: ignored"),
                _ => AuthorizationVerdict.Fail("an answer that cannot be understood"),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return AuthorizationVerdict.Fail("an answer that cannot be understood");
        }
    }

    private static IEnumerable<(string Name, object Value)> Words(AuthorizationRequest request)
    {
        if (request.UserName is { } userName)
        {
            yield return ("username", userName);
        }

        yield return ("clientid", request.ClientId);
        if (request.Address is { } address)
        {
            yield return ("address", address.ToString());
        }

        if (request.Listener is { } listener)
        {
            yield return ("listener", listener);
        }

        yield return ("action", request.ActionWord);
        yield return ("topic", request.Topic);
        yield return ("qos", (int)request.QoS);
        if (request.Action == Broker.Security.AccessAction.Publish)
        {
            yield return ("retain", request.Retain);
        }
    }
}
