using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Godwit.Protocol;

namespace Godwit.Server.Security.Authentication.Http;

/// <summary>Writes the question about a login.</summary>
internal static class HttpQuestion
{
    /// <summary>The body of the POST.</summary>
    internal static byte[] Write(AuthenticationRequest request, HttpForm form) => form == HttpForm.Json ? WriteJson(request) : WriteForm(request);

    private static byte[] WriteJson(AuthenticationRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in Words(request))
            {
                writer.WriteString(name, value);
            }

            if (request.Password is { } password)
            {
                // A password is bytes; JSON holds text.
                if (Utf8.IsValid(password.Span))
                {
                    writer.WriteString("password", password.Span);
                }
                else
                {
                    writer.WriteBase64String("password_base64", password.Span);
                }
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] WriteForm(AuthenticationRequest request)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in Words(request))
        {
            QuestionWriter.Append(text, name, Encoding.UTF8.GetBytes(value));
        }

        if (request.Password is { } password)
        {
            QuestionWriter.Append(text, "password", password.Span);
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static IEnumerable<(string Name, string Value)> Words(AuthenticationRequest request)
    {
        if (request.UserName is { } userName)
        {
            yield return ("username", userName);
        }

        yield return ("clientid", request.ClientId);
        yield return ("protocol", request.Version switch { ProtocolVersion.Mqtt31 => "3.1", ProtocolVersion.Mqtt311 => "3.1.1", _ => "5.0" });
        if (request.Address is { } address)
        {
            yield return ("address", address.ToString());
        }

        if (request.Listener.Name is { } listener)
        {
            yield return ("listener", listener);
        }
    }
}
